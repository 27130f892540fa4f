import type { Route } from './route.ts'

/** The name of the program and the ways to its views. */
export function TopBar({
  view,
  isReport,
  onHelp,
}: {
  readonly view: Route['view']
  readonly isReport: boolean
  readonly onHelp: () => void
}) {
  return (
    <header class="top-bar">
      <a class="brand" href="#/">
        <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
          <rect width="16" height="16" rx="3.5" />
          <path d="M4 11V8.5M8 11V5M12 11V7" />
        </svg>
        <span>
          sygra <span class="faint">{isReport ? 'report' : 'studio'}</span>
        </span>
      </a>
      {isReport ? null : (
        <nav aria-label="Views">
          <a href="#/" aria-current={view === 'runs' || view === 'run' ? 'page' : undefined}>
            Runs
          </a>
          <a href="#/spend" aria-current={view === 'spend' ? 'page' : undefined}>
            Spend
          </a>
          <a href="#/trends" aria-current={view === 'trends' ? 'page' : undefined}>
            Trends
          </a>
        </nav>
      )}
      <button type="button" class="button quiet keys-button" onClick={onHelp}>
        Keyboard <kbd>?</kbd>
      </button>
    </header>
  )
}
