import type { RunRow, RunRowStatus } from '../../src/report/runs/run-row.ts'
import { filterRuns, type RunSortKey, runSortKeys, sortRuns } from '../../src/report/runs/runs-table.ts'

/** What of the runs is shown, and in which order; it stands in the address. */
export interface RunsQuery {
  readonly search: string
  readonly task: string
  readonly status: string
  readonly model: string
  /** Only runs of so many days; 0 for all. */
  readonly days: number
  /** Only runs that cost at least so much, in USD; 0 for all. */
  readonly minUsd: number
  readonly sort: RunSortKey
  readonly isReversed: boolean
  /** So many rows are drawn. */
  readonly shown: number
}

/** Rows that are drawn at first; more on demand. */
export const pageRows = 200

export function readRunsQuery(query: URLSearchParams): RunsQuery {
  const sort = query.get('sort')
  return {
    search: query.get('search') ?? '',
    task: query.get('task') ?? '',
    status: query.get('status') ?? '',
    model: query.get('model') ?? '',
    days: numberOf(query.get('days')),
    minUsd: numberOf(query.get('min')),
    sort: runSortKeys.find((key) => key === sort) ?? 'started',
    isReversed: query.get('order') === 'reverse',
    shown: numberOf(query.get('shown')) || pageRows,
  }
}

/** The query as it stands in the address: what is usual is left out. */
export function writeRunsQuery(query: RunsQuery): Record<string, string> {
  const { search, task, status, model, days, minUsd, sort, isReversed, shown } = query
  return {
    ...{ search, task, status, model },
    days: days === 0 ? '' : String(days),
    min: minUsd === 0 ? '' : String(minUsd),
    sort: sort === 'started' ? '' : sort,
    order: isReversed ? 'reverse' : '',
    shown: shown === pageRows ? '' : String(shown),
  }
}

/** The runs that a query asks for, in its order. A search looks at the task, the id, the name, the file, the commit and the models. */
export function selectRuns(rows: readonly RunRow[], query: RunsQuery, nowMs: number): readonly RunRow[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean)
  const status = statusOf(query.status, rows)
  const sinceMs = query.days === 0 ? undefined : nowMs - query.days * 86_400_000
  const found = filterRuns(rows, { status, sinceMs }).filter((row) => {
    if (query.task !== '' && row.task !== query.task) return false
    if (query.model !== '' && !row.models?.some(({ model }) => model === query.model)) return false
    if (row.cost.total_cost_usd < query.minUsd) return false
    if (words.length === 0) return true
    const models = row.models?.map(({ model, provider = '' }) => `${model} ${provider}`).join('\n') ?? ''
    const names = [row.task, row.runId, row.runName, row.path, row.commit, models]
    const text = names.join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const sorted = sortRuns(found, query.sort)
  return query.isReversed ? sorted.toReversed() : sorted
}

function statusOf(text: string, rows: readonly RunRow[]): RunRowStatus | undefined {
  return rows.find(({ status }) => status === text)?.status
}

function numberOf(text: string | null): number {
  const value = Number(text ?? '')
  return Number.isFinite(value) && value > 0 ? value : 0
}
