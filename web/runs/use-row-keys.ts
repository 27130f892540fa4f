import { useRef, useState } from 'preact/hooks'
import { usePageKeys } from '../shell/use-page-keys.ts'

export interface RowKeys {
  readonly count: number
  readonly onOpen: (index: number) => void
  readonly onSelect: (index: number) => void
  readonly onCompare: () => void
}

/** Moves through rows by the keyboard: j and k, Enter, x, c and /. Gives the row it is at; -1 before the first key. */
export function useRowKeys(keys: RowKeys): number {
  const [current, setCurrent] = useState(-1)
  const latest = useRef({ ...keys, current })
  latest.current = { ...keys, current }
  usePageKeys((event) => {
    const next = act(event, latest.current)
    if (next === undefined) return
    latest.current.current = next
    setCurrent(next)
  })
  return current
}

/** Does what a key says; gives the row that it leads to, if it leads to one. */
function act(event: KeyboardEvent, state: RowKeys & { readonly current: number }): number | undefined {
  const { count, current, onOpen, onSelect, onCompare } = state
  const move = (step: number) => {
    event.preventDefault()
    const next = Math.max(0, Math.min(count - 1, current + step))
    document.querySelectorAll('.runs-table tbody tr')[next]?.scrollIntoView({ block: 'nearest' })
    return next
  }
  const isOnRow = current >= 0 && current < count
  // A link or a button that has the focus keeps its own Enter.
  const isFree = event.target === document.body || !(event.target instanceof HTMLElement) || event.target.id === 'main'
  if (event.key === 'j' || event.key === 'ArrowDown') return move(1)
  if (event.key === 'k' || event.key === 'ArrowUp') return move(-1)
  if (event.key === 'Enter' && isOnRow && isFree) onOpen(current)
  else if (event.key === 'x' && isOnRow) onSelect(current)
  else if (event.key === 'c') onCompare()
  else if (event.key === '/') {
    event.preventDefault()
    document.getElementById('search')?.focus()
  }
  return undefined
}
