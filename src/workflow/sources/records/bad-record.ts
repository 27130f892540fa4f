import { SygraError } from '../../../errors.ts'
import type { BadRecord, BadRecordOptions, Row } from '../source.ts'

/** Takes note of a bad record; returns when it is to be skipped, throws when it is not. */
export type BadRecordHandler = (bad: BadRecord) => void

/** Makes the handler that `onBadRecord` asks for. */
export function badRecordHandler({ onBadRecord = 'fail', onBad }: BadRecordOptions = {}): BadRecordHandler {
  return (bad) => {
    if (onBadRecord === 'fail') throw badRecordError(bad)
    onBad?.(bad)
  }
}

/** The error for a bad record: where, what, and what to do. */
function badRecordError({ where, problem, remedy }: BadRecord): SygraError {
  const advice = remedy ?? 'correct it, or leave bad records out with `onBadRecord: "skip"`'
  return new SygraError('bad_data', `${where}: ${problem}; ${advice}`)
}

/** True for a value that can be a record: an object, not an array, not null. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names the kind of a value for a message: `an array`, `a string`, `null`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** The value as a record; a value of another kind is handed to `bad` and gives undefined. */
export function toRow(value: unknown, where: string, bad: BadRecordHandler): Row | undefined {
  if (isRow(value)) return value
  bad({ where, problem: `expected an object with one value per column, found ${kindOf(value)}` })
  return undefined
}
