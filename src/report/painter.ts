import picocolors from 'picocolors'
import type { Tone } from './section.ts'

/** Turns titles and tones into colours; without colours, every text stays as it is. */
export type Painter = ReturnType<typeof createPainter>

export function createPainter(hasColors: boolean) {
  const colors = picocolors.createColors(hasColors)
  return {
    title: (text: string) => colors.bold(text),
    faint: (text: string) => colors.dim(text),
    paint: (text: string, tone: Tone | undefined) => {
      switch (tone) {
        case 'good':
          return colors.green(text)
        case 'bad':
          return colors.red(text)
        case 'warning':
          return colors.yellow(text)
        case 'faint':
          return colors.dim(text)
        case undefined:
          return text
        default:
          return tone satisfies never
      }
    },
  }
}
