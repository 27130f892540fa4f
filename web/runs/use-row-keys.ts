import { useEffect, useState } from 'preact/hooks'

export interface RowKeys {
  readonly count: number
  readonly onOpen: (index: number) => void
  readonly onSelect: (index: number) => void
  readonly onCompare: () => void
  readonly onHelp: () => void
}

/** Moves through rows by the keyboard: j and k, Enter, x, c, / and ?. Gives the row it is at; -1 before the first key. */
export function useRowKeys({ count, onOpen, onSelect, onCompare, onHelp }: RowKeys): number {
  const [current, setCurrent] = useState(-1)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (isTyping(event.target)) {
        if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
        return
      }
      const move = (step: number) => {
        event.preventDefault()
        const next = Math.max(0, Math.min(count - 1, current + step))
        setCurrent(next)
        document.querySelectorAll('.runs-table tbody tr')[next]?.scrollIntoView({ block: 'nearest' })
      }
      const isOnRow = current >= 0 && current < count
      // A link or a button that has the focus keeps its own Enter.
      const isFree =
        event.target === document.body || !(event.target instanceof HTMLElement) || event.target.id === 'main'
      if (event.key === 'j' || event.key === 'ArrowDown') move(1)
      else if (event.key === 'k' || event.key === 'ArrowUp') move(-1)
      else if (event.key === 'Enter' && isOnRow && isFree) onOpen(current)
      else if (event.key === 'x' && isOnRow) onSelect(current)
      else if (event.key === 'c') onCompare()
      else if (event.key === '?') onHelp()
      else if (event.key === '/') {
        event.preventDefault()
        document.getElementById('search')?.focus()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
  return current
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox'
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
}
