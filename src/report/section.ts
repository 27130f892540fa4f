import type { HistogramRow } from './latency-histogram.ts'

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
}

/** Text, or text with a tone that becomes a colour where there are colours. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

export type Tone = 'good' | 'bad' | 'warning' | 'faint'

export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}
