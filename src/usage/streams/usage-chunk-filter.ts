import { TextDecoder } from '../../platform.ts'
import { isRecord } from '../json-value.ts'
import { createKeyScanner, foundTelling } from './key-scanner.ts'

/** Takes the usage chunk that the caller did not ask for out of a stream of server-sent events. */
export interface UsageChunkFilter {
  /** What the caller may have of the stream so far: the same chunk where nothing is hidden; undefined for nothing yet. */
  push(chunk: Uint8Array): Uint8Array | undefined
  /** What was still held back when the stream ended. */
  end(): Uint8Array | undefined
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const noBytes = new Uint8Array(0)

/** A usage chunk is far smaller, so that an event beyond this size need not be held back. */
const maxHeldBytes = 65_536

const mentionsUsage = createKeyScanner({ telling: ['usage'], output: [] })

/**
 * A filter that drops the event with `"choices": []` and a usage, and passes every other byte. Only an event that is not
 * whole yet is held back, which no reader could use before its end.
 */
export function createUsageChunkFilter(): UsageChunkFilter {
  let held = noBytes
  /** Inside an event too large to be held: everything passes up to its end. */
  let isPassing = false
  /** The last event ended with a CR, whose LF may come in the next chunk. */
  let pendingReturn: 'none' | 'passed' | 'dropped' = 'none'

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : joined([held, chunk])
      held = noBytes
      const kept: Uint8Array[] = []
      let start = 0
      if (bytes[0] === lineFeed && pendingReturn !== 'none') {
        if (pendingReturn === 'passed') kept.push(bytes.subarray(0, 1))
        start = 1
      }
      if (bytes.length > 0) pendingReturn = 'none'
      for (let end = endOfEvent(bytes, start); end !== undefined; end = endOfEvent(bytes, start)) {
        const isDropped = !isPassing && isUsageEvent(bytes.subarray(start, end))
        if (!isDropped) kept.push(bytes.subarray(start, end))
        if (end === bytes.length && bytes[end - 1] === carriageReturn) pendingReturn = isDropped ? 'dropped' : 'passed'
        isPassing = false
        start = end
      }
      const rest = bytes.subarray(start)
      if (isPassing || rest.length > maxHeldBytes) {
        isPassing = rest.length > 0
        kept.push(rest)
      } else if (rest.length > 0) held = rest.slice()
      return bytesOf(kept, chunk)
    },
    end() {
      const rest = held
      held = noBytes
      return rest.length === 0 || isUsageEvent(rest) ? undefined : rest
    },
  }
}

/** The index after the blank line that ends the event at `start`; undefined when it is not there yet. */
function endOfEvent(bytes: Uint8Array, start: number): number | undefined {
  let isLineEmpty = true
  for (let index = start; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte !== lineFeed && byte !== carriageReturn) {
      isLineEmpty = false
      continue
    }
    if (byte === carriageReturn && bytes[index + 1] === lineFeed) index++
    if (isLineEmpty) return index + 1
    isLineEmpty = true
  }
  return undefined
}

function isUsageEvent(event: Uint8Array): boolean {
  if (mentionsUsage(event, 0, event.length) !== foundTelling) return false
  const chunk = dataOf(new TextDecoder().decode(event))
  if (!isRecord(chunk) || !isRecord(chunk.usage) || chunk.error !== undefined) return false
  return Array.isArray(chunk.choices) && chunk.choices.length === 0
}

function dataOf(event: string): unknown {
  const lines = event.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:'))
  try {
    return JSON.parse(lines.map((line) => line.slice('data:'.length)).join('\n'))
  } catch {
    return undefined
  }
}

/** The kept parts as one; the caller's own chunk when all of it is kept. */
function bytesOf(kept: readonly Uint8Array[], chunk: Uint8Array): Uint8Array | undefined {
  const length = kept.reduce((sum, part) => sum + part.length, 0)
  if (length === 0) return undefined
  if (kept.length === 1) return kept[0]
  const isWholeChunk = length === chunk.length && kept.every((part) => part.buffer === chunk.buffer)
  return isWholeChunk ? chunk : joined(kept)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let written = 0
  for (const part of parts) {
    bytes.set(part, written)
    written += part.length
  }
  return bytes
}
