import { type BadRecordHandler, toRow } from '../records/bad-record.ts'
import { type Batches, parseItems } from './parse-items.ts'
import { parseJson } from './parse-json.ts'

/** What a reader of text is given. */
export interface TextInput {
  /** Name of the file in messages. */
  readonly name: string
  readonly text: AsyncIterable<string>
  /** Records to pass over. */
  readonly skip: number
  readonly bad: BadRecordHandler
}

/** Reads JSON lines in batches; returns the number of records met. */
export function readJsonl({ name, text, skip, bad }: TextInput): Batches {
  return parseItems({
    items: splitLines(text),
    skip,
    parse: (line) => {
      const where = `${name}:${line.number}`
      if (line.number === 1 && /^\s*\[/.test(line.text)) {
        bad({ where, ...anArray })
        return undefined
      }
      const parsed = parseJson(line.text)
      if ('value' in parsed) return toRow(parsed.value, where, bad)
      const column = parsed.offset === undefined ? '' : `:${parsed.offset + 1}`
      bad(line.text.includes('\0') ? { where, ...notUtf8 } : { where: where + column, problem: parsed.problem })
      return undefined
    },
  })
}

/** What people do most: a file of JSON under the name of JSON lines. */
const anArray = {
  problem: 'found the beginning of a JSON array; expected JSON lines, an object on each line',
  remedy: 'name the file .json, or set the format to json',
}

/** A text in UTF-16 without its mark, as some programs of Windows write it, has a zero beside each letter. */
const notUtf8 = {
  problem: 'found zero bytes between the letters, which is UTF-16 without a byte order mark',
  remedy: 'save the file as UTF-8, or set its encoding (encoding: utf-16le)',
}

/** A line of text and its number, from 1. */
export interface Line {
  readonly text: string
  readonly number: number
}

/** Cuts text that comes in pieces into lines, a list per piece. Lines keep a trailing carriage return; blank lines are left out. */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<Line[]> {
  let number = 0
  let started: string[] = []
  for await (const piece of pieces) {
    const lines: Line[] = []
    let from = 0
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      const part = piece.slice(from, end)
      const text = started.length === 0 ? part : started.join('') + part
      if (started.length > 0) started = []
      from = end + 1
      number += 1
      if (!isBlank(text)) lines.push({ text, number })
    }
    if (from < piece.length) started.push(piece.slice(from))
    if (lines.length > 0) yield lines
  }
  const last = started.join('')
  if (!isBlank(last)) yield [{ text: last, number: number + 1 }]
}

/** True for a text of white space only. */
export function isBlank(text: string): boolean {
  return text.trimStart() === ''
}
