/** What the page shows, as it stands in its address: every view can be linked to. */
export type Route =
  | { readonly view: 'runs'; readonly query: URLSearchParams }
  | { readonly view: 'run'; readonly run: string; readonly query: URLSearchParams }
  | { readonly view: 'compare'; readonly runs: readonly string[]; readonly query: URLSearchParams }
  | { readonly view: 'trends'; readonly query: URLSearchParams }
  | { readonly view: 'spend'; readonly query: URLSearchParams }

/** Reads the part of an address after `#`. What it does not know is the list of runs. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  if (path === 'run') {
    const run = query.get('run')
    if (run) return { view: 'run', run, query }
  }
  if (path === 'compare') return { view: 'compare', runs: query.getAll('run'), query }
  if (path === 'trends') return { view: 'trends', query }
  if (path === 'spend') return { view: 'spend', query }
  return { view: 'runs', query }
}

export function runAddress(run: string, query: Readonly<Record<string, string>> = {}): string {
  return `#/run?${new URLSearchParams({ run, ...query })}`
}

export function compareAddress(runs: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  return `#/compare?${new URLSearchParams([...runs.map((run) => ['run', run]), ...Object.entries(more)])}`
}

export function trendsAddress(task?: string): string {
  return task === undefined ? '#/trends' : `#/trends?${new URLSearchParams({ task })}`
}

/** Changes of a query: an empty value takes a name out of it. */
export type QueryChanges = Readonly<Record<string, string | undefined>>

/** The address of a view with some of its query changed. */
export function changedAddress({ view, query }: Pick<Route, 'view' | 'query'>, changes: QueryChanges): string {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const search = next.toString()
  return `#/${view === 'runs' ? '' : view}${search === '' ? '' : `?${search}`}`
}
