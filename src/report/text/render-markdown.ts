import { formatCount, formatSeconds } from './format-values.ts'
import { bar } from './latency-histogram.ts'
import { safeText } from './safe-text.ts'
import { type Cell, inWords, type Section, textOf } from './section.ts'

/** The report as Markdown, for a pull request. Names cannot break out of their cell, become a link or name somebody. */
export function renderSectionsMarkdown(sections: readonly Section[], words?: (text: string) => string): string {
  const shown = words === undefined ? sections : sections.map((section) => inWords(section, words))
  return shown.map((section) => `${sectionLines(section).join('\n')}\n`).join('\n')
}

function sectionLines(section: Section): string[] {
  const title = section.title === undefined ? [] : [`### ${escapeMarkdown(section.title)}`, '']
  switch (section.type) {
    case 'pairs':
      return [
        ...title,
        '| | |',
        '|:--|:--|',
        ...section.pairs.map(([name, value]) => row([`**${escapeMarkdown(name)}**`, markdownOf(value)])),
      ]
    case 'table':
      return [
        ...title,
        ...(section.notes ?? []).flatMap((note) => [escapeMarkdown(note), '']),
        row(section.columns.map((column) => escapeMarkdown(column.title))),
        row(section.columns.map(({ align }) => (align === 'right' ? '--:' : ':--'))),
        ...section.rows.map((cells) => row(cells.map(markdownOf))),
      ]
    case 'histogram': {
      const largest = Math.max(1, ...section.rows.map(({ count }) => count))
      return [
        ...title,
        row(['latency', 'count', '']),
        row([':--', '--:', ':--']),
        ...section.rows.map(({ fromSeconds, toSeconds, count }) =>
          row([
            `${formatSeconds(fromSeconds)} – ${formatSeconds(toSeconds)}`,
            formatCount(count),
            bar(count / largest, 30),
          ]),
        ),
      ]
    }
    default:
      return section satisfies never
  }
}

function markdownOf(cell: Cell): string {
  const text = escapeMarkdown(textOf(cell))
  return typeof cell !== 'string' && cell.tone === 'bad' ? `**${text}**` : text
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function escapeMarkdown(text: string): string {
  return (
    safeText(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[\\`*_[\]#|~$]/g, '\\$&')
      // Without the invisible space a name such as @someone would call that person.
      .replaceAll('@', '@&#8203;')
      .replaceAll('://', '&#58;//')
  )
}
