import { toRow } from '../records/bad-record.ts'
import { type Batches, parseItems } from './parse-items.ts'
import { parseJson } from './parse-json.ts'
import type { TextInput } from './read-jsonl.ts'
import { splitJsonArray } from './split-json-array.ts'

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
