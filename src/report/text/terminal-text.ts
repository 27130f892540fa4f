import picocolors from 'picocolors'
import stringWidth from 'string-width'
import type { Tone } from './section.ts'

// A number stays with its unit.
const breakPattern = / (?!(?:ms|s|min|h|d)(?![a-z]))/

const segmenter = new Intl.Segmenter()

/** How many cells of a terminal a text takes; colours take none. */
export function textWidth(text: string): number {
  return stringWidth(text)
}

/** What a reader takes for one letter: an emoji with its skin, a letter with its accent. Texts are cut between them. */
function lettersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** The text cut to so many cells, with `…` as the last one where something was cut. Not for coloured text. */
export function truncateText(text: string, maxWidth: number): string {
  if (textWidth(text) <= maxWidth) return text
  if (maxWidth < 1) return ''
  let kept = ''
  let width = 0
  for (const letter of lettersOf(text)) {
    width += textWidth(letter)
    if (width > maxWidth - 1) break
    kept += letter
  }
  return `${kept}…`
}

/** The text cut in the middle, because the ends of paths and of model names tell them apart. */
export function truncateMiddle(text: string, maxWidth: number): string {
  const width = textWidth(text)
  if (width <= maxWidth) return text
  if (maxWidth < 5) return truncateText(text, maxWidth)
  const letters = lettersOf(text)
  const tailWidth = Math.floor((maxWidth - 1) / 2)
  let tail = ''
  let room = tailWidth
  for (let letter = letters.pop(); letter !== undefined; letter = letters.pop()) {
    room -= textWidth(letter)
    if (room < 0) break
    tail = letter + tail
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
  let width = 0
  for (const letter of lettersOf(word)) {
    const letterWidth = textWidth(letter)
    if (piece !== '' && width + letterWidth > maxWidth) {
      pieces.push(piece)
      piece = ''
      width = 0
    }
    piece += letter
    width += letterWidth
  }
  return [...pieces, piece]
}

/** Turns titles and tones into colours; without colours, every text stays as it is. */
export type Painter = ReturnType<typeof createPainter>

export function createPainter(hasColors: boolean) {
  const colors = picocolors.createColors(hasColors)
  return {
    title: (text: string) => colors.bold(text),
    faint: (text: string) => colors.dim(text),
    paint: (text: string, tone: Tone | undefined) => {
      switch (tone) {
        case 'good':
          return colors.green(text)
        case 'bad':
          return colors.red(text)
        case 'warning':
          return colors.yellow(text)
        case 'faint':
          return colors.dim(text)
        case undefined:
          return text
        default:
          return tone satisfies never
      }
    },
  }
}
