import { useEffect, useState } from 'preact/hooks'
import { ComparePage } from '../compare/compare-page.tsx'
import { RunPage } from '../run/run-page.tsx'
import { RunsPage } from '../runs/runs-page.tsx'
import type { Source } from '../source/source.ts'
import { TrendsPage } from '../trends/trends-page.tsx'
import { parseRoute, type Route, runAddress } from './route.ts'
import { TopBar } from './top-bar.tsx'

/** The page as a whole: its bar, and the view that the address names. */
export function App({ source }: { readonly source: Source }) {
  const route = useRoute(source.onlyRun)
  return (
    <>
      <button type="button" class="skip-link" onClick={focusMain}>
        Skip to the content
      </button>
      <TopBar view={route.view} isReport={source.onlyRun !== undefined} />
      <main id="main" tabIndex={-1}>
        <View route={route} source={source} />
      </main>
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
      return <ComparePage source={source} runs={route.runs} />
    case 'trends':
      return <TrendsPage source={source} query={route.query} />
    default:
      return route satisfies never
  }
}

function useRoute(onlyRun: string | undefined): Route {
  const read = () =>
    parseRoute(onlyRun !== undefined && !location.hash.includes('run=') ? runAddress(onlyRun) : location.hash)
  const [route, setRoute] = useState(read)
  useEffect(() => {
    const onChange = () => {
      setRoute(read())
      scrollTo(0, 0)
    }
    addEventListener('hashchange', onChange)
    return () => removeEventListener('hashchange', onChange)
  }, [])
  return route
}

function focusMain(): void {
  document.getElementById('main')?.focus()
}
