import type { RunRow } from '../../src/report/runs/run-row.ts'
import type { RunSortKey } from '../../src/report/runs/runs-table.ts'
import { TableFrame } from '../shell/table-frame.tsx'
import type { RunColumn } from './column.tsx'
import type { RunsQuery } from './runs-query.ts'

export interface RunsTableProps {
  readonly rows: readonly RunRow[]
  readonly columns: readonly RunColumn[]
  readonly query: RunsQuery
  readonly onSort: (key: RunSortKey) => void
  readonly selected: readonly string[]
  readonly onSelect: (path: string) => void
  /** The row that the keyboard is at. */
  readonly current: number
}

/** The list of runs. */
export function RunsTable({ rows, columns, query, onSort, selected, onSelect, current }: RunsTableProps) {
  return (
    <TableFrame label="Runs">
      <table class="table runs-table">
        <thead>
          <tr>
            <th class="check-cell">
              <span class="visually-hidden">Select</span>
            </th>
            {columns.map((column) => (
              <ColumnHead key={column.key} column={column} query={query} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.path} data-current={index === current} data-selected={selected.includes(row.path)}>
              <td class="check-cell">
                <input
                  type="checkbox"
                  checked={selected.includes(row.path)}
                  onChange={() => onSelect(row.path)}
                  aria-label={`Select the run of ${row.task} in ${row.path}`}
                />
              </td>
              {columns.map(({ key, isNumber, cell }) => (
                <td key={key} data-number={isNumber}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function ColumnHead({
  column: { title, isNumber, sortKey },
  query,
  onSort,
}: { readonly column: RunColumn } & Pick<RunsTableProps, 'query' | 'onSort'>) {
  if (sortKey === undefined) return <th data-number={isNumber}>{title}</th>
  const isSorted = query.sort === sortKey
  // Numbers start with the largest, names with A.
  const isRising = (sortKey === 'task' || sortKey === 'status') !== query.isReversed
  return (
    <th data-number={isNumber} aria-sort={isSorted ? (isRising ? 'ascending' : 'descending') : undefined}>
      <button type="button" class="sort-button" onClick={() => onSort(sortKey)}>
        {title}
        <span aria-hidden="true">{isSorted ? (isRising ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  )
}
