import { unknownMark } from './format-values.ts'

/** One bar of a histogram of latencies. */
export interface HistogramRow {
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly count: number
}

/** A part of a report, without its looks: the terminal and Markdown render the same parts. */
export type Section = PairsSection | TableSection | HistogramSection

/** Names and values, one pair a line. */
export interface PairsSection {
  readonly type: 'pairs'
  readonly title?: string
  readonly pairs: readonly (readonly [name: string, value: Cell])[]
}

export interface TableSection {
  readonly type: 'table'
  readonly title: string
  /** Lines between the title and the table. */
  readonly notes?: readonly string[]
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

export interface HistogramSection {
  readonly type: 'histogram'
  readonly title: string
  readonly rows: readonly HistogramRow[]
}

export interface Column {
  readonly title: string
  /** Numbers stand right. */
  readonly align: 'left' | 'right'
  /** Left out of a table that is too wide, the largest first; a column without one is never left out. */
  readonly dropOrder?: number
  /** Text that says nothing when it is cut. */
  readonly isWhole?: boolean
  /** A text is not cut to fewer cells than these before columns are left out. */
  readonly minWidth?: number
}

/** Text, or text with a tone that becomes a colour where there are colours. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

export type Tone = 'good' | 'bad' | 'warning' | 'faint'

export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}

/** A section whose texts, but not its column titles, were put into other words. */
export function inWords(section: Section, words: (text: string) => string): Section {
  const inCell = (cell: Cell): Cell => (typeof cell === 'string' ? words(cell) : { ...cell, text: words(cell.text) })
  switch (section.type) {
    case 'pairs':
      return { ...section, pairs: section.pairs.map(([name, value]) => [name, inCell(value)] as const) }
    case 'table':
      return { ...section, notes: section.notes?.map(words), rows: section.rows.map((row) => row.map(inCell)) }
    case 'histogram':
      return section
    default:
      return section satisfies never
  }
}

/** A column and how its cells come out of a row. */
export interface ColumnDefinition<Row> {
  readonly title: string
  /** Undefined where the row does not have the value. */
  readonly value: (row: Row) => Cell | undefined
  /** Default: right. */
  readonly align?: Column['align']
  readonly dropOrder?: number
  readonly isWhole?: boolean
  readonly minWidth?: number
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
    columns: filled.map(({ column: { title, align = 'right', dropOrder, isWhole, minWidth } }) => ({
      title,
      align,
      dropOrder,
      isWhole,
      minWidth,
    })),
    rows: rows.map((_, index) => filled.map(({ cells }) => cells[index] ?? unknownMark)),
  }
}

function hasValue(cell: Cell | undefined, hidesZeros: boolean): boolean {
  if (cell === undefined) return false
  const text = textOf(cell)
  return text !== unknownMark && !(hidesZeros && (text === '0' || text === '0 ms' || text === '$0.00'))
}
