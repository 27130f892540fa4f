import { type BadRecordHandler, toRow } from './bad-record.ts'
import type { Batches } from './batches.ts'
import { parseItems } from './parse-items.ts'
import { parseJson } from './parse-json.ts'
import { splitLines } from './split-lines.ts'

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
      const parsed = parseJson(line.text)
      if ('value' in parsed) return toRow(parsed.value, `${name}:${line.number}`, bad)
      const column = parsed.offset === undefined ? '' : `:${parsed.offset + 1}`
      bad({ where: `${name}:${line.number}${column}`, problem: parsed.problem })
      return undefined
    },
  })
}
