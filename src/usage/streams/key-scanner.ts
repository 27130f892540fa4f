import { TextEncoder } from '../../platform.ts'
import type { StreamKeys } from '../wire-format.ts'

/** What a scan found, as bits. */
export const foundNothing = 0
export const foundTelling = 1
export const foundRunning = 2
export const foundOutput = 4

/** Tells which of a format's keys a JSON text has, without parsing it. */
export type KeyScanner = (bytes: Uint8Array, start: number, end: number) => number

interface Wanted {
  /** The word and the quote that closes it. */
  readonly bytes: Uint8Array
  readonly bit: number
  readonly isKey: boolean
}

const quote = 0x22
const colon = 0x3a

/**
 * A scanner for these keys. A key is found when it stands before a colon and its value is not null, false, or an empty
 * string or list; quotes inside a JSON string are escaped, so text that merely mentions a key is none.
 */
export function createKeyScanner(keys: StreamKeys): KeyScanner {
  /** By their first two letters, because most quotes in a message stand before no such pair. */
  const byPair: (readonly Wanted[] | undefined)[] = new Array(pairCount).fill(undefined)
  const isPair = new Uint8Array(pairCount)
  const want = (word: string, bit: number, isKey: boolean) => {
    const bytes = encoder.encode(`${word}"`)
    const pair = pairOf(bytes[0] ?? quote, bytes[1] ?? quote)
    byPair[pair] = [...(byPair[pair] ?? []), { bytes, bit, isKey }]
    isPair[pair] = 1
  }
  for (const key of keys.telling) want(key, foundTelling, true)
  for (const value of keys.tellingValues ?? []) want(value, foundTelling, false)
  if (keys.running !== undefined) want(keys.running, foundRunning, true)
  for (const key of keys.output) want(key, foundOutput, true)

  return (bytes, start, end) => {
    let found = foundNothing
    for (let index = start; index < end; index++) {
      if (bytes[index] !== quote) continue
      const pair = pairOf(bytes[index + 1] ?? quote, bytes[index + 2] ?? quote)
      if (isPair[pair] === 1) found |= bitAt(byPair[pair] ?? [], bytes, index + 1, end)
    }
    return found
  }
}

const pairCount = 4096

function pairOf(first: number, second: number): number {
  return ((first << 5) ^ second) & (pairCount - 1)
}

const encoder = new TextEncoder()

function bitAt(candidates: readonly Wanted[], bytes: Uint8Array, at: number, end: number): number {
  for (const { bytes: word, bit, isKey } of candidates) {
    if (startsWith(bytes, at, word) && (!isKey || hasValue(bytes, at + word.length, end))) return bit
  }
  return foundNothing
}

function startsWith(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
  return true
}

function hasValue(bytes: Uint8Array, after: number, end: number): boolean {
  let index = skipBlanks(bytes, after, end)
  if (bytes[index] !== colon) return false
  index = skipBlanks(bytes, index + 1, end)
  if (index >= end) return false
  switch (bytes[index]) {
    case 0x6e: // n, of null
    case 0x66: // f, of false
      return false
    case quote:
      return bytes[index + 1] !== quote
    case 0x5b: // [
      return bytes[skipBlanks(bytes, index + 1, end)] !== 0x5d
    default:
      return true
  }
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let index = from
  while (index < end && (bytes[index] ?? 0) <= 0x20) index++
  return index
}
