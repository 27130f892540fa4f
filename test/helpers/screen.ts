const escapeCharacter = String.fromCharCode(27)
const sequencePattern = new RegExp(`${escapeCharacter}\\[([?0-9;]*)([A-Za-z])`, 'y')

/** What a terminal of some width shows after a text was written to it. */
export interface Screen {
  readonly lines: readonly string[]
  /** Whether the cursor is shown; a program that hides it must show it again. */
  readonly showsCursor: boolean
  /** Sequences that this screen does not know. */
  readonly unknown: readonly string[]
}

/** Draws a text with the sequences that a progress view needs: moving, erasing, colours, the cursor. */
export function drawScreen(text: string, columns: number): Screen {
  const lines: string[][] = [[]]
  const unknown: string[] = []
  let [row, column, showsCursor] = [0, 0, true]

  function lineAt(index: number): string[] {
    while (lines.length <= index) lines.push([])
    return lines[index] ?? []
  }

  function put(character: string): void {
    // What does not fit stands at the beginning of the next line.
    if (columns > 0 && column >= columns) [row, column] = [row + 1, 0]
    const line = lineAt(row)
    while (line.length < column) line.push(' ')
    line[column] = character
    column += 1
  }

  function erase(parameter: string): void {
    const line = lineAt(row)
    if (parameter === '2') line.length = 0
    else if (parameter === '' || parameter === '0') line.length = Math.min(line.length, column)
    else unknown.push(`erase ${parameter}`)
  }

  function apply(parameters: string, letter: string): void {
    const count = Number(parameters || 1)
    if (letter === 'A') row = Math.max(0, row - count)
    else if (letter === 'B') row += count
    else if (letter === 'G') column = count - 1
    else if (letter === 'K') erase(parameters)
    else if (letter === 'J') {
      erase('0')
      lines.length = Math.min(lines.length, row + 1)
    } else if (letter === 'l' || letter === 'h') {
      if (parameters === '?25') showsCursor = letter === 'h'
      else if (parameters !== '?2026') unknown.push(parameters + letter)
    } else if (letter !== 'm') unknown.push(parameters + letter)
  }

  for (let index = 0; index < text.length; ) {
    sequencePattern.lastIndex = index
    const sequence = sequencePattern.exec(text)
    if (sequence !== null) {
      apply(sequence[1] ?? '', sequence[2] ?? '')
      index += sequence[0].length
      continue
    }
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0)
    if (character === '\r') column = 0
    else if (character === '\n') row += 1
    else if (character === escapeCharacter) unknown.push('escape')
    else put(character)
    index += character.length
  }
  return { lines: lines.map((line) => line.join('').trimEnd()), showsCursor, unknown }
}
