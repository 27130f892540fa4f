/** What the page shows, as it stands in its address: every view can be linked to. */
export type Route =
  | { readonly view: 'runs'; readonly query: URLSearchParams }
  | { readonly view: 'run'; readonly run: string; readonly query: URLSearchParams }
  | { readonly view: 'compare'; readonly runs: readonly string[] }
  | { readonly view: 'trends'; readonly query: URLSearchParams }

/** Reads the part of an address after `#`. What it does not know is the list of runs. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  if (path === 'run') {
    const run = query.get('run')
    if (run) return { view: 'run', run, query }
  }
  if (path === 'compare') return { view: 'compare', runs: query.getAll('run') }
  if (path === 'trends') return { view: 'trends', query }
  return { view: 'runs', query }
}

export function runAddress(run: string, query: Readonly<Record<string, string>> = {}): string {
  return `#/run?${new URLSearchParams({ run, ...query })}`
}

export function compareAddress(runs: readonly string[]): string {
  return `#/compare?${new URLSearchParams(runs.map((run) => ['run', run]))}`
}

export function trendsAddress(task?: string): string {
  return task === undefined ? '#/trends' : `#/trends?${new URLSearchParams({ task })}`
}

/** Puts a query into the address without a new entry in the history; values that are empty are left out. */
export function replaceQuery(path: string, query: Readonly<Record<string, string>>): void {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  const search = new URLSearchParams(given).toString()
  history.replaceState(null, '', `#/${path}${search === '' ? '' : `?${search}`}`)
}
