import { useEffect, useRef, useState } from 'preact/hooks'
import { ComparePage } from '../compare/compare-page.tsx'
import { RunPage } from '../run/run-page.tsx'
import { RunsPage } from '../runs/runs-page.tsx'
import type { Source } from '../source/source.ts'
import { SpendPage } from '../spend/spend-page.tsx'
import { TrendsPage } from '../trends/trends-page.tsx'
import { ConnectionNotice } from './connection-notice.tsx'
import { KeysHelp } from './keys-help.tsx'
import { useRoute } from './navigation.ts'
import { type Route, runAddress } from './route.ts'
import { TopBar } from './top-bar.tsx'
import { usePageKeys } from './use-page-keys.ts'

/** The page as a whole: its bar, and the view that the address names. */
export function App({ source }: { readonly source: Source }) {
  const { onlyRun } = source
  const route = useRoute(() =>
    onlyRun !== undefined && !location.hash.includes('run=') ? runAddress(onlyRun) : location.hash,
  )
  const [isHelpOpen, setHelpOpen] = useState(false)
  usePageKeys(({ key }) => {
    if (key === '?') setHelpOpen(true)
  })
  useNewView(route.view === 'run' ? `run ${route.run}` : route.view)
  return (
    <>
      <button type="button" class="skip-link" onClick={focusMain}>
        Skip to the content
      </button>
      <TopBar view={route.view} isReport={onlyRun !== undefined} onHelp={() => setHelpOpen(true)} />
      <ConnectionNotice source={source} />
      <main id="main" tabIndex={-1}>
        <View route={route} source={source} />
      </main>
      {isHelpOpen ? <KeysHelp onClose={() => setHelpOpen(false)} /> : null}
    </>
  )
}

function View({ route, source }: { readonly route: Route; readonly source: Source }) {
  switch (route.view) {
    case 'runs':
      return <RunsPage source={source} query={route.query} />
    case 'run':
      return <RunPage key={route.run} source={source} run={route.run} query={route.query} />
    case 'compare':
      return <ComparePage source={source} runs={route.runs} query={route.query} />
    case 'trends':
      return <TrendsPage source={source} query={route.query} />
    case 'spend':
      return <SpendPage source={source} query={route.query} />
    default:
      return route satisfies never
  }
}

/** A new view begins at its top, and reading goes on there; Back goes to where one was. */
function useNewView(view: string): void {
  const last = useRef(view)
  useEffect(() => {
    if (last.current === view) return
    last.current = view
    focusMain()
    scrollTo(0, 0)
  }, [view])
}

function focusMain(): void {
  document.getElementById('main')?.focus({ preventScroll: true })
}
