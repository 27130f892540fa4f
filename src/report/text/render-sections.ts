import { renderHistogram } from './latency-histogram.ts'
import { safeText } from './safe-text.ts'
import {
  type Cell,
  type Column,
  inWords,
  type PairsSection,
  type Section,
  type TableSection,
  type Tone,
  textOf,
} from './section.ts'
import { createPainter, type Painter, padText, textWidth, truncateMiddle, wrapText } from './terminal-text.ts'

export interface RenderOptions {
  /** Width of the terminal; 0 or undefined when nothing limits it, as in a pipe. */
  readonly columns?: number
  readonly colors?: boolean
  /** How commands and options that texts name are written; as they stand when left out. */
  readonly words?: (text: string) => string
}

/** What a terminal shows of a report; nothing is wider than `columns`. */
export function renderSections(sections: readonly Section[], options: RenderOptions): string {
  const { columns = 0, colors = false, words } = options
  const painter = createPainter(colors)
  const shown = words === undefined ? sections : sections.map((section) => inWords(section, words))
  return shown.map((section) => `${sectionLines(section, columns, painter).join('\n')}\n`).join('\n')
}

function sectionLines(section: Section, columns: number, painter: Painter): string[] {
  const title = wrapText(safeText(section.title ?? ''), columns).map((line) => painter.title(line))
  const titleLines = section.title === undefined ? [] : title
  switch (section.type) {
    case 'pairs':
      return [...titleLines, ...pairLines(section, columns, painter)]
    case 'table': {
      const notes = (section.notes ?? []).flatMap((note) => wrapText(safeText(note), columns))
      return [...titleLines, ...notes.map(painter.faint), ...renderTable(section, { columns, painter })]
    }
    case 'histogram':
      return [...titleLines, ...renderHistogram(section.rows, columns)]
    default:
      return section satisfies never
  }
}

function pairLines({ pairs }: PairsSection, columns: number, painter: Painter): string[] {
  const entries = pairs.map(([name, value]) => ({
    name: safeText(name),
    value: safeText(textOf(value)),
    tone: typeof value === 'string' ? undefined : value.tone,
  }))
  return labelledLines(entries, { columns, indent: 0, painter })
}

export interface Labelled {
  readonly name: string
  readonly value: string
  readonly tone: Tone | undefined
}

interface LabelLayout {
  /** 0 when nothing limits the width. */
  readonly columns: number
  readonly indent: number
  readonly painter: Painter
}

const gap = 2
const minValueWidth = 8
const minNameWidth = 9

/** Names with their values beside them, or below them where there is no room. */
export function labelledLines(entries: readonly Labelled[], { columns, indent, painter }: LabelLayout): string[] {
  const nameWidth = entries.reduce((widest, { name }) => Math.max(widest, textWidth(name)), 0)
  const room = columns - indent - nameWidth - gap
  const margin = ' '.repeat(indent)
  return entries.flatMap(({ name, value, tone }) => {
    if (columns > 0 && room < minValueWidth) {
      const names = wrapText(name, Math.max(1, columns - indent)).map((line) => margin + painter.faint(line))
      const values = wrapText(value, Math.max(1, columns - indent - gap))
      return [...names, ...values.map((line) => margin + ' '.repeat(gap) + painter.paint(line, tone))]
    }
    return wrapText(value, Math.max(0, room)).map((line, index) => {
      const label = padText(index === 0 ? name : '', nameWidth)
      return `${margin}${painter.faint(label)}${' '.repeat(gap)}${painter.paint(line, tone)}`.trimEnd()
    })
  })
}

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
    const least = Math.max(column.minWidth ?? minNameWidth, textWidth(column.title))
    if (excess <= 0 || column.align === 'right' || column.isWhole || width <= least) return candidate
    const target = Math.max(least, width - excess)
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

function tableLines(placed: readonly PlacedColumn[], painter: Painter): string[] {
  const rowCount = placed[0]?.cells.length ?? 0
  const head = lineOf(placed, ({ column }) => ({ text: column.title, tone: 'faint' }), painter)
  const rule = '─'.repeat(totalWidth(placed))
  const rows = Array.from({ length: rowCount }, (_, row) => lineOf(placed, ({ cells }) => cells[row], painter))
  return [head, rule, ...rows]
}

function lineOf(
  placed: readonly PlacedColumn[],
  cellOf: (column: PlacedColumn) => PlacedCell | undefined,
  painter: Painter,
): string {
  const parts = placed.map((candidate) => {
    const { text, tone } = cellOf(candidate) ?? { text: '', tone: undefined }
    const blank = ' '.repeat(Math.max(0, candidate.width - textWidth(text)))
    const painted = painter.paint(text, tone)
    return candidate.column.align === 'right' ? blank + painted : painted + blank
  })
  return parts.join(' '.repeat(gap)).trimEnd()
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
