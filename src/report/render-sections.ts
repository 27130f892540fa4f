import { renderHistogram } from './latency-histogram.ts'
import { createPainter, type Painter } from './painter.ts'
import { renderTable } from './render-table.ts'
import { safeText } from './safe-text.ts'
import { type Cell, type PairsSection, type Section, type Tone, textOf } from './section.ts'
import { padText, textWidth, wrapText } from './text-width.ts'

export interface RenderOptions {
  /** Width of the terminal; 0 or undefined when nothing limits it, as in a pipe. */
  readonly columns?: number
  readonly colors?: boolean
}

/** What a terminal shows of a report; nothing is wider than `columns`. */
export function renderSections(sections: readonly Section[], { columns = 0, colors = false }: RenderOptions): string {
  const painter = createPainter(colors)
  return sections.map((section) => `${sectionLines(section, columns, painter).join('\n')}\n`).join('\n')
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
  const safePairs = pairs.map(([name, value]) => [safeText(name), value] as const)
  const nameWidth = Math.max(0, ...safePairs.map(([name]) => textWidth(name)))
  const valueWidth = columns > 0 ? columns - nameWidth - 2 : 0
  return safePairs.flatMap(([name, value]) =>
    valueLines(value, columns > 0 ? Math.max(1, valueWidth) : 0).map((line, index) => {
      const label = padText(index === 0 ? name : '', nameWidth)
      return `${painter.faint(label)}  ${painter.paint(line, toneOf(value))}`.trimEnd()
    }),
  )
}

function valueLines(value: Cell, width: number): string[] {
  return wrapText(safeText(textOf(value)), width)
}

function toneOf(cell: Cell): Tone | undefined {
  return typeof cell === 'string' ? undefined : cell.tone
}
