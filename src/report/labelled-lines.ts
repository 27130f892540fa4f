import type { Painter } from './painter.ts'
import type { Tone } from './section.ts'
import { padText, textWidth, wrapText } from './text-width.ts'

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

const gap = '  '
const minValueWidth = 8

/** Names with their values beside them, or below them where there is no room. */
export function labelledLines(entries: readonly Labelled[], { columns, indent, painter }: LabelLayout): string[] {
  const nameWidth = entries.reduce((widest, { name }) => Math.max(widest, textWidth(name)), 0)
  const room = columns - indent - nameWidth - gap.length
  const margin = ' '.repeat(indent)
  return entries.flatMap(({ name, value, tone }) => {
    if (columns > 0 && room < minValueWidth) {
      const names = wrapText(name, Math.max(1, columns - indent)).map((line) => margin + painter.faint(line))
      const values = wrapText(value, Math.max(1, columns - indent - gap.length))
      return [...names, ...values.map((line) => margin + gap + painter.paint(line, tone))]
    }
    return wrapText(value, Math.max(0, room)).map((line, index) => {
      const label = padText(index === 0 ? name : '', nameWidth)
      return `${margin}${painter.faint(label)}${gap}${painter.paint(line, tone)}`.trimEnd()
    })
  })
}
