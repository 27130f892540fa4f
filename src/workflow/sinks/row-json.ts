import { SygraError } from '../../errors.ts'
import { isPlainMap } from '../config/plain-map.ts'
import type { Row } from '../sources/source.ts'

/**
 * A row as one line of JSON: big integers as numbers where that is exact, else text; bytes as base64, lists of numbers as
 * lists.
 *
 * @throws SygraError `bad_data` with the key of what JSON cannot hold. Nothing is left out or emptied without a word: not a
 * Map, a Set, a function or an error, which JSON.stringify would write as `{}` or drop.
 */
export function rowToJson(row: Row): string {
  try {
    const text = JSON.stringify(row, plain)
    if (typeof text === 'string') return text
  } catch (error) {
    if (error instanceof SygraError) throw error
  }
  throw notJson(row)
}

/** A value as JSON can hold it. */
function plain(_key: string, value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
    case 'function':
    case 'symbol':
      throw new Unwritable()
    case 'object':
      return value === null || Array.isArray(value) || isPlainMap(value) ? value : plainObject(value)
    default:
      return value
  }
}

/** What is found while a row is written; where it stands is looked for afterwards. */
class Unwritable extends Error {}

function plainObject(value: object): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  }
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64')
  if (ArrayBuffer.isView(value)) return Object.values(value)
  if (isEmptied(value)) throw new Unwritable()
  return value
}

/** True for an object whose content is not in its own keys, so that JSON would have nothing of it. */
function isEmptied(value: object): boolean {
  if (value instanceof String || value instanceof Number || value instanceof Boolean) return false
  return value instanceof Map || value instanceof Set || value instanceof Error || Object.keys(value).length === 0
}

const maxDepth = 1_000

interface Fault {
  readonly path: string
  readonly problem: string
}

function notJson(row: Row): SygraError {
  const { path, problem } = faultIn(row, '', []) ?? { path: '', problem: 'it is nested too deeply' }
  const where = path === '' ? 'the row' : `the value of "${path}" in the row`
  return new SygraError('bad_data', `${where} cannot be written as JSON: ${problem}; give it plain values`)
}

/** Looks for what JSON cannot hold, in the order in which it is written. */
function faultIn(given: unknown, path: string, within: readonly unknown[]): Fault | undefined {
  if (within.length > maxDepth) return { path: path.slice(0, 100), problem: 'it is nested too deeply' }
  const read = attempt(() => jsonValueOf(given))
  if ('problem' in read) return { path, problem: `its toJSON threw (${read.problem})` }
  const { value } = read
  if (typeof value === 'function' || typeof value === 'symbol') return { path, problem: `found a ${typeof value}` }
  if (typeof value !== 'object' || value === null) return undefined
  if (within.includes(value)) return { path, problem: 'it contains itself' }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return undefined
  if (!Array.isArray(value) && !isPlainMap(value) && isEmptied(value))
    return { path, problem: `found a ${kindOf(value)}` }
  for (const key of Object.keys(value)) {
    const place = path === '' ? key : `${path}.${key}`
    const member = attempt((): unknown => Reflect.get(value, key))
    if ('problem' in member) return { path: place, problem: `its getter threw (${member.problem})` }
    const fault = faultIn(member.value, place, [...within, value])
    if (fault !== undefined) return fault
  }
  return undefined
}

function jsonValueOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('toJSON' in given)) return given
  return typeof given.toJSON === 'function' ? given.toJSON() : given
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value) === '[object Object]'
    ? (value.constructor?.name ?? 'object')
    : Object.prototype.toString.call(value).slice(8, -1)
}

function attempt<Value>(read: () => Value): { readonly value: Value } | { readonly problem: string } {
  try {
    return { value: read() }
  } catch (error) {
    return { problem: error instanceof Error ? error.name : 'not an error' }
  }
}
