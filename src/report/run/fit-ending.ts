import { type Cell, type PairsSection, textOf } from '../text/section.ts'
import { textWidth, wrapText } from '../text/terminal-text.ts'

/** What is left out first where there is no room; `show` has it. */
const dispensable = ['tools', 'agents', 'waits', 'most expensive', 'models', 'time', 'requests']

const gap = 2

/**
 * Names and values that take no more than so many lines at a width: values are cut to two lines each, the least needed are left
 * out, and at last each value has one line.
 */
export function fitEnding(
  section: PairsSection,
  { columns, maxLines }: { columns: number; maxLines: number },
): PairsSection {
  const room = columns - Math.max(...section.pairs.map(([name]) => textWidth(name))) - gap
  if (room < 1) return section
  const withLines = (most: number) => section.pairs.map(([name, value]) => [name, cut(value, room, most)] as const)
  const linesOf = (pairs: PairsSection['pairs']) =>
    1 + pairs.reduce((sum, [, value]) => sum + wrapText(textOf(value), room).length, 0)
  let pairs: PairsSection['pairs'] = withLines(2)
  for (const name of dispensable) if (linesOf(pairs) > maxLines) pairs = pairs.filter(([other]) => other !== name)
  if (linesOf(pairs) <= maxLines) return { ...section, pairs }
  const kept = new Set(pairs.map(([name]) => name))
  return { ...section, pairs: withLines(1).filter(([name]) => kept.has(name)) }
}

function cut(cell: Cell, room: number, most: number): Cell {
  const lines = wrapText(textOf(cell), room)
  if (lines.length <= most) return cell
  const kept = lines.slice(0, most)
  const last = [...(kept.pop() ?? '')].slice(0, room - 1).join('')
  const text = `${[...kept, last].join(' ')}…`
  return typeof cell === 'string' ? text : { ...cell, text }
}
