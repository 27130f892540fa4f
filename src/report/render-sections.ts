import { labelledLines } from './labelled-lines.ts'
import { renderHistogram } from './latency-histogram.ts'
import { createPainter, type Painter } from './painter.ts'
import { renderTable } from './render-table.ts'
import { safeText } from './safe-text.ts'
import { type PairsSection, type Section, textOf } from './section.ts'
import { wrapText } from './text-width.ts'

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
  const entries = pairs.map(([name, value]) => ({
    name: safeText(name),
    value: safeText(textOf(value)),
    tone: typeof value === 'string' ? undefined : value.tone,
  }))
  return labelledLines(entries, { columns, indent: 0, painter })
}
