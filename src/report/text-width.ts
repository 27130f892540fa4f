// Chinese, Japanese and Korean letters, full-width forms, and emoji take two cells of a terminal.
const widePattern =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const zeroPattern = /[\p{Mn}\p{Me}\p{Cf}]/u
const colorPattern = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
// A number stays with its unit.
const breakPattern = / (?!(?:ms|s|min|h|d)(?![a-z]))/
const asciiPattern = /^[ -~]*$/

/** How many cells of a terminal a text takes; colours take none. */
export function textWidth(text: string): number {
  if (asciiPattern.test(text)) return text.length
  let width = 0
  for (const character of text.replaceAll(colorPattern, '')) width += characterWidth(character)
  return width
}

/** The text cut to so many cells, with `…` as the last one where something was cut. Not for coloured text. */
export function truncateText(text: string, maxWidth: number): string {
  if (textWidth(text) <= maxWidth) return text
  if (maxWidth < 1) return ''
  let kept = ''
  let width = 0
  for (const character of text) {
    width += characterWidth(character)
    if (width > maxWidth - 1) break
    kept += character
  }
  return `${kept}…`
}

/** The text cut in the middle, because the ends of paths and of model names tell them apart. */
export function truncateMiddle(text: string, maxWidth: number): string {
  const width = textWidth(text)
  if (width <= maxWidth) return text
  if (maxWidth < 5) return truncateText(text, maxWidth)
  const characters = [...text]
  const tailWidth = Math.floor((maxWidth - 1) / 2)
  let tail = ''
  while (characters.length > 0) {
    const character = characters.pop() ?? ''
    if (textWidth(character + tail) > tailWidth) break
    tail = character + tail
  }
  return truncateText(text, maxWidth - textWidth(tail)) + tail
}

/** The text filled up with blanks on the right. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** Text broken at blanks into lines of at most so many cells; a longer word is broken too. */
export function wrapText(text: string, maxWidth: number): string[] {
  if (maxWidth < 1 || textWidth(text) <= maxWidth) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(breakPattern)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (textWidth(longer) <= maxWidth) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = piecesOf(word, maxWidth)
    line = pieces.pop() ?? ''
    lines.push(...pieces)
  }
  return [...lines, line]
}

function piecesOf(word: string, maxWidth: number): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const character of word) {
    if (piece !== '' && textWidth(piece + character) > maxWidth) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece]
}

function characterWidth(character: string): number {
  if (zeroPattern.test(character)) return 0
  return widePattern.test(character) ? 2 : 1
}
