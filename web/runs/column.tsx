import type { ComponentChildren } from 'preact'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { hasCost, type RunSortKey } from '../../src/report/runs/runs-table.ts'
import {
  formatCount,
  formatPercent,
  formatSeconds,
  formatShortDateTime,
  unknownMark,
} from '../../src/report/text/format-values.ts'
import { Amount } from '../shell/amount.tsx'
import { runAddress } from '../shell/route.ts'
import { StatusPill, toneOfFailures } from '../shell/status-pill.tsx'
import { shortTask } from './task-name.ts'

/** A column of the list of runs. */
export interface RunColumn {
  readonly key: string
  readonly title: string
  readonly isNumber?: boolean
  readonly sortKey?: RunSortKey
  /** Shown unless the reader chose otherwise. */
  readonly isUsual: boolean
  readonly cell: (row: RunRow, areAllSimulated: boolean) => ComponentChildren
}

/** The columns in their order, those of `sygra runs` and a few more. */
export const runColumns: readonly RunColumn[] = [
  {
    key: 'task',
    title: 'Task',
    sortKey: 'task',
    isUsual: true,
    cell: ({ task, path, runName, startedAt, ...row }) => {
      const failedShare = failedShareOf(row)
      return (
        <a class="row-link" href={runAddress(path)} title={task}>
          {shortTask(task)}
          {runName ? <span class="faint"> {runName}</span> : null}
          <span class="row-when faint">
            {formatShortDateTime(startedAt)}
            {failedShare === undefined || failedShare === 0 ? '' : `, ${formatPercent(1 - failedShare)}`}
          </span>
        </a>
      )
    },
  },
  {
    key: 'status',
    title: 'Status',
    sortKey: 'status',
    isUsual: true,
    cell: (row) => <StatusPill status={row.status} failedShare={failedShareOf(row)} />,
  },
  {
    key: 'started',
    title: 'Started',
    sortKey: 'started',
    isUsual: true,
    cell: ({ startedAt }) => <span class="nowrap">{formatShortDateTime(startedAt)}</span>,
  },
  number({ key: 'duration', title: 'Duration', sortKey: 'duration' }, (row) => formatSeconds(row.durationSeconds)),
  number({ key: 'records', title: 'Records', sortKey: 'records' }, ({ records, calls }) =>
    records === 0 && calls ? <span class="faint">{formatCount(calls)} calls</span> : formatCount(records),
  ),
  number({ key: 'success', title: 'Success', sortKey: 'success' }, (row) => {
    const share = failedShareOf(row)
    if (share === undefined) return unknownMark
    return (
      <span data-tone={toneOfFailures(share)}>{formatPercent(row.records === 0 ? 1 - share : row.successRate)}</span>
    )
  }),
  number({ key: 'requests', title: 'Requests', isUsual: false }, (row) => formatCount(row.requests)),
  number({ key: 'cost', title: 'Cost', sortKey: 'cost' }, (row, areAllSimulated) =>
    hasCost(row) ? <Amount cost={row.cost} withKind={!areAllSimulated} /> : unknownMark,
  ),
  number({ key: 'tokens', title: 'Tokens', sortKey: 'tokens' }, (row) => formatCount(row.totalTokens)),
  number({ key: 'p95', title: 'p95', sortKey: 'p95' }, (row) => formatSeconds(row.p95Seconds)),
  {
    key: 'models',
    title: 'Models',
    isUsual: false,
    cell: ({ models = [] }) => models.map(({ model }) => model).join(', '),
  },
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

/** The share of records that failed, of calls where a program has no records; undefined without either. */
export function failedShareOf({
  records,
  failedRecords,
  calls = 0,
  failedCalls = 0,
}: Pick<RunRow, 'records' | 'failedRecords' | 'calls' | 'failedCalls'>): number | undefined {
  if (records > 0) return failedRecords / records
  return calls === 0 ? undefined : failedCalls / calls
}

function number(
  column: { readonly key: string; readonly title: string; readonly sortKey?: RunSortKey; readonly isUsual?: boolean },
  cell: RunColumn['cell'],
): RunColumn {
  return { isNumber: true, isUsual: true, ...column, cell }
}
