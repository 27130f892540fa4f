import { SygraError } from '../../../errors.ts'
import { toRow } from '../records/bad-record.ts'
import { type Batches, parseItems } from './parse-items.ts'
import { parseJson } from './parse-json.ts'
import { isBlank, type TextInput } from './read-jsonl.ts'

/** Reads a JSON array of objects in batches, element by element; returns the number of records met. */
export function readJson({ name, text, skip, bad }: TextInput): Batches {
  return parseItems({
    items: splitJsonArray(text, name),
    skip,
    parse: (element) => {
      const where = `${name}:${element.line}`
      if (element.text === '') {
        bad({
          where,
          problem: 'expected an object, found nothing between two commas, or a comma before the closing bracket',
        })
        return undefined
      }
      const parsed = parseJson(element.text)
      if ('value' in parsed) return toRow(parsed.value, where, bad)
      const line = element.line + linesBefore(element.text, parsed.offset)
      bad({ where: `${name}:${line}`, problem: parsed.problem })
      return undefined
    },
  })
}

function linesBefore(text: string, offset = 0): number {
  return text.slice(0, offset).split('\n').length - 1
}

/** The text of one element of a JSON array, and the line it begins on, from 1. */
export interface JsonElement {
  readonly text: string
  readonly line: number
}

/** An element longer than this is a missing bracket, not data. */
const maxElementCharacters = 256 * 1024 * 1024

/**
 * Cuts the text of a JSON array, coming in pieces, into the texts of its elements, so that an array of any length is read in
 * little memory. It knows brackets, strings and commas only: whether an element is valid is for the parser to say.
 */
export async function* splitJsonArray(pieces: AsyncIterable<string>, name: string): AsyncGenerator<JsonElement[]> {
  const splitter = new JsonArraySplitter(name)
  for await (const piece of pieces) {
    const elements: JsonElement[] = []
    try {
      splitter.push(piece, elements)
    } catch (error) {
      if (elements.length > 0) yield elements
      throw error
    }
    if (elements.length > 0) yield elements
  }
  splitter.end()
}

class JsonArraySplitter {
  readonly #name: string
  #place: 'before' | 'inside' | 'after' = 'before'
  #isInString = false
  /** The last piece ended in a backslash that escapes the first character of the next. */
  #isEscaped = false
  #depth = 0
  #elements = 0
  /** Text of the unfinished element, and the line it begins on, white space before it included. */
  #started = ''
  #line = 1

  constructor(name: string) {
    this.#name = name
  }

  push(piece: string, out: JsonElement[]): void {
    let from = this.#place === 'before' ? this.#open(piece) : 0
    let index = from
    while (this.#place === 'inside' && index < piece.length) {
      if (this.#isInString) {
        index = this.#endOfString(piece, index)
        continue
      }
      index = nextMark(piece, index)
      const mark = piece[index]
      index += 1
      if (mark === '"') this.#isInString = true
      else if (mark === '{' || mark === '[') this.#depth += 1
      else if (mark === ',' && this.#depth === 0) {
        this.#take(piece.slice(from, index - 1), out)
        from = index
      } else if (mark === '}' || mark === ']') {
        if (this.#depth > 0) this.#depth -= 1
        else {
          this.#close(mark, piece.slice(from, index - 1), out)
          from = index
        }
      }
    }
    this.#keep(piece.slice(from))
  }

  end(): void {
    if (this.#place !== 'inside') return
    throw this.#broken(
      'the file ends inside the element that begins here; it was cut off, or a bracket or a quote is missing',
    )
  }

  /** Gives the index behind the opening bracket, or the end of a piece of white space. */
  #open(piece: string): number {
    const start = piece.search(/\S/)
    this.#line += countLines(start === -1 ? piece : piece.slice(0, start))
    if (start === -1) return piece.length
    if (piece[start] !== '[') throw this.#broken(notAnArray(piece, start))
    this.#place = 'inside'
    return start + 1
  }

  /** Gives the index behind the closing quote, or the end of the piece. */
  #endOfString(piece: string, start: number): number {
    let index = this.#isEscaped ? start + 1 : start
    this.#isEscaped = false
    for (;;) {
      const end = piece.indexOf('"', index)
      const to = end === -1 ? piece.length : end
      let backslashes = 0
      while (to - 1 - backslashes >= index && piece[to - 1 - backslashes] === '\\') backslashes += 1
      const isEscaped = backslashes % 2 === 1
      if (end === -1) {
        this.#isEscaped = isEscaped
        return piece.length
      }
      index = end + 1
      if (isEscaped) continue
      this.#isInString = false
      return index
    }
  }

  #take(part: string, out: JsonElement[]): void {
    const text = this.#started + part
    const body = text.trimStart()
    this.#elements += 1
    out.push({ text: body.trimEnd(), line: this.#line + countLines(text.slice(0, text.length - body.length)) })
    this.#started = ''
    this.#line += countLines(text)
  }

  #close(mark: string, part: string, out: JsonElement[]): void {
    if (mark === '}')
      throw this.#broken('found "}" where no object is open; the file must be one JSON array of objects')
    // `[]` has no element, while `[1,]` and `[,1]` have an empty one, which the parser reports.
    if (this.#elements > 0 || !isBlank(this.#started + part)) this.#take(part, out)
    this.#place = 'after'
  }

  #keep(rest: string): void {
    if (this.#place === 'inside') this.#started += rest
    else if (this.#place === 'after' && !isBlank(rest)) throw this.#broken(`text after the end of the array; ${lines}`)
    if (this.#started.length > maxElementCharacters) {
      throw this.#broken('the element that begins here does not end within 256 MB; a bracket or a quote is missing')
    }
  }

  #broken(problem: string): SygraError {
    const space = this.#started.length - this.#started.trimStart().length
    const line = this.#line + countLines(this.#started.slice(0, space))
    return new SygraError('bad_data', `${this.#name}:${line}: ${problem}`)
  }
}

const lines = 'the file must be one JSON array; name JSON lines .jsonl or set the format to jsonl'

/** Index of the next quote, bracket or comma, or the length of the text. */
function nextMark(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 34: // "
      case 44: // ,
      case 91: // [
      case 93: // ]
      case 123: // {
      case 125: // }
        return index
    }
  }
  return text.length
}

function notAnArray(piece: string, start: number): string {
  const found = piece[start] === '{' ? 'an object' : `"${piece.slice(start, start + 10)}"`
  return `expected a JSON array of objects, found ${found}; put the records into [ ], or name JSON lines .jsonl or set the format to jsonl`
}

function countLines(text: string): number {
  let count = 0
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1)) count += 1
  return count
}
