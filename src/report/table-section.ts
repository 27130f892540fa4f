import { unknownMark } from './format-numbers.ts'
import { type Cell, type Column, type TableSection, textOf } from './section.ts'

/** A column and how its cells come out of a row. */
export interface ColumnDefinition<Row> {
  readonly title: string
  /** Undefined where the row does not have the value. */
  readonly value: (row: Row) => Cell | undefined
  /** Default: right. */
  readonly align?: Column['align']
  readonly dropOrder?: number
  readonly isWhole?: boolean
  /** Leaves the column out when every cell is 0. */
  readonly hidesZeros?: boolean
}

export interface TableInput<Row> {
  readonly title: string
  readonly notes?: readonly string[]
  readonly rows: readonly Row[]
  readonly columns: readonly ColumnDefinition<Row>[]
}

/** A table of the columns that have something to say; undefined without rows. */
export function tableSection<Row>({ title, notes, rows, columns }: TableInput<Row>): TableSection | undefined {
  if (rows.length === 0) return undefined
  const filled = columns
    .map((column) => ({ column, cells: rows.map((row) => column.value(row)) }))
    .filter(({ column, cells }) => cells.some((cell) => hasValue(cell, column.hidesZeros ?? false)))
  return {
    type: 'table',
    title,
    ...(notes === undefined ? {} : { notes }),
    columns: filled.map(({ column: { title, align = 'right', dropOrder, isWhole } }) => ({
      title,
      align,
      dropOrder,
      isWhole,
    })),
    rows: rows.map((_, index) => filled.map(({ cells }) => cells[index] ?? unknownMark)),
  }
}

function hasValue(cell: Cell | undefined, hidesZeros: boolean): boolean {
  if (cell === undefined) return false
  const text = textOf(cell)
  return text !== unknownMark && !(hidesZeros && (text === '0' || text === '0 ms' || text === '$0.00'))
}
