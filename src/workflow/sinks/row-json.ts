import { messageOf, SygraError } from '../../errors.ts'
import type { Row } from '../sources/source.ts'

/** A row as one line of JSON: big integers as numbers where that is exact, else text; bytes as base64. */
export function rowToJson(row: Row): string {
  try {
    return JSON.stringify(row, plain)
  } catch (error) {
    throw new SygraError('bad_data', `a row cannot be written as JSON (${messageOf(error)}); give it plain values`, {
      cause: error,
    })
  }
}

/** A value as JSON can hold it. */
export function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  return value
}
