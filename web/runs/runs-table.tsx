import type { RunRow } from '../../src/report/runs/run-row.ts'
import { costOfRuns, type RunSortKey, runsCostText } from '../../src/report/runs/runs-table.ts'
import { formatCount, formatPercent } from '../../src/report/text/format-values.ts'
import { go } from '../shell/navigation.ts'
import { runAddress } from '../shell/route.ts'
import { TableFrame } from '../shell/table-frame.tsx'
import type { RunColumn } from './column.tsx'
import type { RunsQuery } from './runs-query.ts'

export interface RunsTableProps {
  readonly rows: readonly RunRow[]
  /** Those that are not drawn, too: for the row of totals. */
  readonly all: readonly RunRow[]
  readonly columns: readonly RunColumn[]
  readonly query: RunsQuery
  readonly onSort: (key: RunSortKey) => void
  readonly selected: readonly string[]
  readonly onSelect: (path: string) => void
  /** The row that the keyboard is at. */
  readonly current: number
}

/** The list of runs. */
export function RunsTable({ rows, all, columns, query, onSort, selected, onSelect, current }: RunsTableProps) {
  const areAllSimulated = all.every(({ cost, requests }) => requests === 0 || cost.status === 'simulated')
  return (
    <TableFrame label="Runs">
      <table class="table runs-table">
        <thead>
          <tr>
            <th class="check-cell">
              <span class="visually-hidden">Select</span>
            </th>
            {columns.map((column) => (
              <ColumnHead
                key={column.key}
                column={column.key === 'cost' && areAllSimulated ? { ...column, title: 'Simulated cost' } : column}
                query={query}
                onSort={onSort}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={row.path}
              data-current={index === current}
              data-selected={selected.includes(row.path)}
              onClick={(event) => openRow(event, row)}
            >
              <td class="check-cell">
                <input
                  type="checkbox"
                  checked={selected.includes(row.path)}
                  onChange={() => onSelect(row.path)}
                  aria-label={`Select the run of ${row.task} in ${row.path}`}
                />
              </td>
              {columns.map(({ key, isNumber, cell }) => (
                <td key={key} data-number={isNumber} data-column={key}>
                  {cell(row, areAllSimulated)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <TotalRow rows={all} columns={columns} />
        </tfoot>
      </table>
    </TableFrame>
  )
}

/** All of a row leads to its run; what is marked or clicked for itself does not. */
function openRow(event: MouseEvent, { path }: RunRow): void {
  const isOwn = event.target instanceof Element && event.target.closest('a, button, input, label') !== null
  if (isOwn || event.ctrlKey || event.metaKey || getSelection()?.toString()) return
  go(runAddress(path))
}

function TotalRow({ rows, columns }: { readonly rows: readonly RunRow[]; readonly columns: readonly RunColumn[] }) {
  const sum = (read: (row: RunRow) => number) => rows.reduce((total, row) => total + read(row), 0)
  const records = sum((row) => row.records)
  const totals: Readonly<Record<string, string>> = {
    records: formatCount(records),
    success: records === 0 ? '' : formatPercent(1 - sum((row) => row.failedRecords) / records),
    requests: formatCount(sum((row) => row.requests)),
    tokens: formatCount(sum((row) => row.totalTokens)),
  }
  const spent = runsCostText(costOfRuns(rows))
  return (
    <>
      <tr class="total-row">
        <td class="check-cell" />
        {columns.map(({ key, isNumber }) => (
          <td key={key} data-number={isNumber} data-column={key}>
            {key === 'task' ? 'all' : (totals[key] ?? '')}
          </td>
        ))}
      </tr>
      <tr class="total-note">
        <td class="check-cell" />
        <td colSpan={columns.length}>{spent}</td>
      </tr>
    </>
  )
}

function ColumnHead({
  column: { key, title, isNumber, sortKey },
  query,
  onSort,
}: { readonly column: RunColumn } & Pick<RunsTableProps, 'query' | 'onSort'>) {
  if (sortKey === undefined) {
    return (
      <th data-number={isNumber} data-column={key}>
        {title}
      </th>
    )
  }
  const isSorted = query.sort === sortKey
  // Numbers start with the largest, names with A.
  const isRising = (sortKey === 'task' || sortKey === 'status') !== query.isReversed
  return (
    <th
      data-number={isNumber}
      data-column={key}
      aria-sort={isSorted ? (isRising ? 'ascending' : 'descending') : undefined}
    >
      <button type="button" class="sort-button" onClick={() => onSort(sortKey)}>
        {title}
        <span aria-hidden="true">{isSorted ? (isRising ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  )
}
