import { useEffect, useState } from 'preact/hooks'

/** Colours of the charts, which draw on a canvas and cannot use the style sheet. */
export interface Palette {
  readonly text: string
  readonly grid: string
  readonly surface: string
  readonly accent: string
  readonly good: string
  readonly warning: string
  readonly bad: string
  /** Of attempts that were refused for their rate, and of those that failed otherwise. */
  readonly limited: string
  readonly failed: string
  readonly muted: string
  /** For several runs in one picture. */
  readonly runs: readonly string[]
}

/** The colours as the style sheet has them now; read again when the system turns dark or light. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette)
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const onChange = () => setPalette(readPalette())
    scheme.addEventListener('change', onChange)
    return () => scheme.removeEventListener('change', onChange)
  }, [])
  return palette
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    text: color('text-muted'),
    grid: color('grid'),
    surface: color('surface'),
    accent: color('accent'),
    good: color('good'),
    warning: color('warning'),
    bad: color('bad'),
    limited: color('limited'),
    failed: color('failed'),
    muted: color('border-strong'),
    runs: [1, 2, 3, 4, 5, 6].map((number) => color(`run-${number}`)),
  }
}

/** A colour with some of what is behind it shining through. */
export function withAlpha(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`
}
