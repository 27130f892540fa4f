import { useEffect, useRef } from 'preact/hooks'
import { isTyping } from './typing.ts'

/** Hears keys that are for the page: none of a dialog, of a field, or of the browser. Escape leaves a field. */
export function usePageKeys(onKey: (event: KeyboardEvent) => void): void {
  // Keys may come faster than the page is painted: each must find what the one before it has left.
  const latest = useRef(onKey)
  latest.current = onKey
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
      if (!isTyping(event.target)) latest.current(event)
      else if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
