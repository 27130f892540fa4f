import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** Holds a table that may be wider than the screen: it scrolls by itself, by the keyboard too. */
export function TableFrame({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  const frame = useRef<HTMLElement>(null)
  // Before the table is painted: it can be reached by the keyboard as soon as it is seen.
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    // What does not scroll must not be a stop on the way through the page.
    const update = () => {
      if (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight) element.tabIndex = 0
      else element.removeAttribute('tabindex')
      // What lies beyond its edge is hinted at.
      element.dataset.more = String(element.scrollLeft + element.clientWidth < element.scrollWidth - 1)
    }
    update()
    const observer = new ResizeObserver(update)
    observer.observe(element)
    // A table that grows within its frame leaves the frame as wide as it was.
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild)
    element.addEventListener('scroll', update, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', update)
    }
  }, [])
  return (
    <section ref={frame} class="table-frame" aria-label={`${label}: table`}>
      {children}
    </section>
  )
}
