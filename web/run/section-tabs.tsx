import { useEffect, useState } from 'preact/hooks'
import type { QueryChanges } from '../shell/route.ts'
import { watchMoves } from '../shell/watch-moves.ts'
import type { Chip } from './lens.ts'

export interface Tab {
  /** The id of its section. */
  readonly name: string
  readonly title: string
}

/** The sections of the page and the filters that are set; both stay in view. */
export function SectionTabs({
  tabs,
  chips,
  onTab,
  onClear,
  onClearAll,
}: {
  readonly tabs: readonly Tab[]
  readonly chips: readonly Chip[]
  readonly onTab: (name: string) => void
  readonly onClear: (change: QueryChanges) => void
  readonly onClearAll: () => void
}) {
  const current = useCurrentSection(tabs)
  return (
    <div class="section-bar">
      <nav class="section-tabs" aria-label="Sections">
        {tabs.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            class="section-tab"
            aria-current={name === current ? 'true' : undefined}
            onClick={() => onTab(name)}
          >
            {title}
          </button>
        ))}
      </nav>
      {chips.length === 0 ? null : (
        <fieldset class="chips" aria-label="Filters">
          <span class="faint">Only</span>
          {chips.map(({ name, text, change }) => (
            <button
              key={name}
              type="button"
              class="chip"
              onClick={() => onClear(change)}
              aria-label={`Take off the filter ${name} ${text}`}
            >
              <span class="faint">{name}</span> {text} <span aria-hidden="true">×</span>
            </button>
          ))}
          <button type="button" class="button quiet small" onClick={onClearAll}>
            Show all
          </button>
        </fieldset>
      )}
    </div>
  )
}

/** What has just been read above a section pushes it away for so long. */
const settleMs = 2_000

/** Brings a section below the bar into view, and keeps it there until the page has settled or the user moves. */
export function scrollToSection(name: string): void {
  let endsAtMs = performance.now() + settleMs
  const moves = watchMoves()
  const hold = () => {
    if (document.querySelector('.loading') !== null) endsAtMs = performance.now() + settleMs
    if (moves.hasMoved() || performance.now() > endsAtMs) return moves.end()
    const section = document.getElementById(name)
    const top = section?.getBoundingClientRect().top
    const margin = section === null ? 0 : Number.parseFloat(getComputedStyle(section).scrollMarginTop) || 0
    const isAtEnd = scrollY >= document.documentElement.scrollHeight - innerHeight - 1
    // Again and again: where it is there already, nothing moves, and to leave it a pixel away would be seen.
    if (top !== undefined && !(isAtEnd && top > margin))
      section?.scrollIntoView({ block: 'start', behavior: 'instant' })
    requestAnimationFrame(hold)
  }
  hold()
}

/** The section that is at the top of the screen. */
function useCurrentSection(tabs: readonly Tab[]): string | undefined {
  const [current, setCurrent] = useState<string | undefined>(undefined)
  const names = tabs.map(({ name }) => name).join(' ')
  useEffect(() => {
    const update = () => {
      let found: string | undefined
      for (const name of names.split(' ')) {
        const section = document.getElementById(name)
        // What is empty has no place.
        if (section === null || section.getClientRects().length === 0) continue
        if (section.getBoundingClientRect().top < 160) found = name
      }
      setCurrent(found)
    }
    addEventListener('scroll', update, { passive: true })
    update()
    return () => removeEventListener('scroll', update)
  }, [names])
  return current
}
