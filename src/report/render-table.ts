import Table from 'cli-table3'
import { labelledLines } from './labelled-lines.ts'
import type { Painter } from './painter.ts'
import { safeText } from './safe-text.ts'
import { type Cell, type Column, type TableSection, type Tone, textOf } from './section.ts'
import { textWidth, truncateMiddle, wrapText } from './text-width.ts'

interface TableLayout {
  readonly columns: number
  readonly painter: Painter
}

/** A cell ready to be placed: safe text and its tone. */
interface PlacedCell {
  readonly text: string
  readonly tone: Tone | undefined
}

interface PlacedColumn {
  readonly column: Column
  readonly cells: readonly PlacedCell[]
  readonly width: number
}

const gap = 2
const minNameWidth = 9

/**
 * A table no wider than the terminal. What does not fit gives way in this order: the middle of long names, columns that
 * may be left out, and at last the table itself, which becomes a list of names and values.
 */
export function renderTable(section: TableSection, { columns, painter }: TableLayout): string[] {
  let placed = section.columns.map((column, index) => place(column, section.rows, index))
  if (columns === 0) return tableLines(placed, painter)
  const all = placed
  for (;;) {
    const shrunk = shrinkNames(placed, columns)
    if (totalWidth(shrunk) <= columns) return tableLines(shrunk, painter)
    const dropped = withoutLeastNeeded(placed)
    if (dropped === undefined) return stackedLines(all, { columns, painter })
    placed = dropped
  }
}

function place(column: Column, rows: TableSection['rows'], index: number): PlacedColumn {
  const cells = rows.map((row) => placeCell(row[index] ?? ''))
  return { column, cells, width: widthOf(column, cells) }
}

function placeCell(cell: Cell): PlacedCell {
  return { text: safeText(textOf(cell)), tone: typeof cell === 'string' ? undefined : cell.tone }
}

function widthOf({ title }: Column, cells: readonly PlacedCell[]): number {
  return cells.reduce((widest, { text }) => Math.max(widest, textWidth(text)), textWidth(title))
}

function totalWidth(placed: readonly PlacedColumn[]): number {
  return placed.reduce((sum, { width }) => sum + width, gap * (placed.length - 1))
}

function shrinkNames(placed: readonly PlacedColumn[], columns: number): PlacedColumn[] {
  let excess = totalWidth(placed) - columns
  return placed.map((candidate) => {
    const { column, cells, width } = candidate
    if (excess <= 0 || column.align === 'right' || column.isWhole || width <= minNameWidth) return candidate
    const target = Math.max(minNameWidth, textWidth(column.title), width - excess)
    excess -= width - target
    const cut = cells.map(({ text, tone }) => ({ text: truncateMiddle(text, target), tone }))
    return { column, cells: cut, width: target }
  })
}

function withoutLeastNeeded(placed: readonly PlacedColumn[]): PlacedColumn[] | undefined {
  const largest = placed.reduce((order, { column }) => Math.max(order, column.dropOrder ?? 0), 0)
  if (largest === 0) return undefined
  const index = placed.findLastIndex(({ column }) => column.dropOrder === largest)
  return placed.filter((_, position) => position !== index)
}

const withoutBorder = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', right: '', 'right-mid': '' },
}

function tableLines(placed: readonly PlacedColumn[], painter: Painter): string[] {
  const table = new Table({
    head: placed.map(({ column }) => painter.faint(column.title)),
    colAligns: placed.map(({ column }) => column.align),
    chars: { ...withoutBorder, mid: '─', 'mid-mid': '─'.repeat(gap), middle: ' '.repeat(gap) },
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  })
  const rowCount = placed[0]?.cells.length ?? 0
  for (let row = 0; row < rowCount; row += 1) {
    table.push(placed.map(({ cells }) => painter.paint(cells[row]?.text ?? '', cells[row]?.tone)))
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

/** One row below the other: its first cell as the heading, each other cell with the title of its column. */
function stackedLines(placed: readonly PlacedColumn[], { columns, painter }: TableLayout): string[] {
  const [heading, ...others] = placed
  if (heading === undefined) return []
  return heading.cells.flatMap(({ text, tone }, row) => {
    const entries = others.map(({ column, cells }) => ({
      name: column.title,
      value: cells[row]?.text ?? '',
      tone: cells[row]?.tone,
    }))
    return [
      ...wrapText(text, columns).map((line) => painter.paint(line, tone)),
      ...labelledLines(entries, { columns, indent: gap, painter }),
    ]
  })
}
