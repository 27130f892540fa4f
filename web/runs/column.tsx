import type { ComponentChildren } from 'preact'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import type { RunSortKey } from '../../src/report/runs/runs-table.ts'
import { formatCostShort } from '../../src/report/text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatSeconds,
  formatShortDateTime,
  unknownMark,
} from '../../src/report/text/format-values.ts'
import { runAddress } from '../shell/route.ts'
import { StatusPill } from '../shell/status-pill.tsx'

/** A column of the list of runs. */
export interface RunColumn {
  readonly key: string
  readonly title: string
  readonly isNumber?: boolean
  readonly sortKey?: RunSortKey
  /** Shown unless the reader chose otherwise. */
  readonly isUsual: boolean
  readonly cell: (row: RunRow) => ComponentChildren
}

/** The columns in their order, those of `sygra runs` and a few more. */
export const runColumns: readonly RunColumn[] = [
  {
    key: 'task',
    title: 'Task',
    sortKey: 'task',
    isUsual: true,
    cell: ({ task, path }) => (
      <a class="row-link" href={runAddress(path)}>
        {task}
      </a>
    ),
  },
  {
    key: 'status',
    title: 'Status',
    sortKey: 'status',
    isUsual: true,
    cell: ({ status }) => <StatusPill status={status} />,
  },
  {
    key: 'started',
    title: 'Started',
    sortKey: 'started',
    isUsual: true,
    cell: ({ startedAt }) => <span class="nowrap">{formatShortDateTime(startedAt)}</span>,
  },
  number({ key: 'duration', title: 'Duration', sortKey: 'duration' }, (row) => formatSeconds(row.durationSeconds)),
  number({ key: 'records', title: 'Records', sortKey: 'records' }, (row) => formatCount(row.records)),
  {
    ...number({ key: 'success', title: 'Success', sortKey: 'success' }, () => ''),
    cell: ({ records, successRate, failedRecords }) =>
      records === 0 ? (
        unknownMark
      ) : (
        <span data-tone={failedRecords > 0 ? 'warning' : undefined}>{formatPercent(successRate)}</span>
      ),
  },
  number({ key: 'requests', title: 'Requests', isUsual: false }, (row) => formatCount(row.requests)),
  number({ key: 'cost', title: 'Cost', sortKey: 'cost' }, ({ cost, requests }) =>
    requests > 0 ? formatCostShort(cost) : unknownMark,
  ),
  number({ key: 'tokens', title: 'Tokens', sortKey: 'tokens' }, (row) => formatCount(row.totalTokens)),
  number({ key: 'p95', title: 'p95', sortKey: 'p95' }, (row) => formatSeconds(row.p95Seconds)),
  {
    key: 'commit',
    title: 'Commit',
    isUsual: false,
    cell: ({ commit }) => <code>{commit?.slice(0, 7) ?? unknownMark}</code>,
  },
  {
    key: 'run',
    title: 'Run',
    isUsual: false,
    cell: ({ runId }) => <code>{runId?.slice(0, 8) ?? unknownMark}</code>,
  },
  { key: 'file', title: 'File', isUsual: false, cell: ({ path }) => <code class="path">{path}</code> },
]

function number(
  column: { readonly key: string; readonly title: string; readonly sortKey?: RunSortKey; readonly isUsual?: boolean },
  cell: (row: RunRow) => string,
): RunColumn {
  return { isNumber: true, isUsual: true, ...column, cell }
}
