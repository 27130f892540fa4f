/** How a CSV file separates fields and lines. */
export interface CsvDialect {
  readonly delimiter: string
  /** `\n` also stands for `\r\n`. */
  readonly newline: '\n' | '\r'
}

const delimiters = [',', '\t', ';', '|']

/** The dialect told by the first line: the delimiter that occurs most outside quotes, and the line end. Undefined before the line is whole. */
export function csvDialect(start: string, isWhole = false): CsvDialect | undefined {
  const end = endOfLine(start)
  // A carriage return at the very end may be half of a line end.
  if (!isWhole && (end === start.length || (start[end] === '\r' && end === start.length - 1))) return undefined
  const header = start.slice(0, end).replaceAll(/"(?:[^"]|"")*"/g, '')
  const counts = delimiters.map((delimiter) => header.split(delimiter).length)
  const newline = start[end] === '\r' && start[end + 1] !== '\n' ? '\r' : '\n'
  return { delimiter: delimiters[counts.indexOf(Math.max(...counts))] ?? ',', newline }
}

/** Index of the first line end outside quotes, or the length of the text. */
function endOfLine(text: string): number {
  let isInQuotes = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') isInQuotes = !isInQuotes
    else if (!isInQuotes && (character === '\n' || character === '\r')) return index
  }
  return text.length
}
