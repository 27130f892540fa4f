import type { RunRow, RunRowStatus } from '../../src/report/runs/run-row.ts'
import { filterRuns, type RunSortKey, runSortKeys, sortRuns } from '../../src/report/runs/runs-table.ts'

/** What of the runs is shown, and in which order; it stands in the address. */
export interface RunsQuery {
  readonly search: string
  readonly task: string
  readonly status: string
  readonly sort: RunSortKey
  readonly isReversed: boolean
}

export function readRunsQuery(query: URLSearchParams): RunsQuery {
  const sort = query.get('sort')
  return {
    search: query.get('search') ?? '',
    task: query.get('task') ?? '',
    status: query.get('status') ?? '',
    sort: runSortKeys.find((key) => key === sort) ?? 'started',
    isReversed: query.get('order') === 'reverse',
  }
}

/** The query as it stands in the address: what is usual is left out. */
export function writeRunsQuery({ search, task, status, sort, isReversed }: RunsQuery): Record<string, string> {
  return { search, task, status, sort: sort === 'started' ? '' : sort, order: isReversed ? 'reverse' : '' }
}

/** The runs that a query asks for, in its order. A search looks at the task, the id, the file and the commit. */
export function selectRuns(rows: readonly RunRow[], query: RunsQuery): readonly RunRow[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean)
  const status = statusOf(query.status, rows)
  const found = filterRuns(rows, { status }).filter((row) => {
    if (query.task !== '' && row.task !== query.task) return false
    const text = `${row.task}\n${row.runId ?? ''}\n${row.path}\n${row.commit ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const sorted = sortRuns(found, query.sort)
  return query.isReversed ? sorted.toReversed() : sorted
}

function statusOf(text: string, rows: readonly RunRow[]): RunRowStatus | undefined {
  return rows.find(({ status }) => status === text)?.status
}
