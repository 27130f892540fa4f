import { TextDecoder } from '../../platform.ts'
import { MessageBuffer } from './message-buffer.ts'
import type { OnMessage } from './sse-cutter.ts'

const decoder = new TextDecoder()

/** Total length, length of the headers, and the checksum of both. */
const preludeBytes = 12
const checksumBytes = 4
/** The largest frame that Amazon's format allows: 16 MiB of payload, 128 KiB of headers, and what goes around them. */
const maxFrameBytes = 16 * 1024 * 1024 + 128 * 1024 + preludeBytes + checksumBytes

/**
 * Cuts `application/vnd.amazon.eventstream` into its frames. Each has its length in front and two checksums; a frame that
 * does not agree with them ends the reading, because nothing after it can be found.
 */
export class EventStreamCutter {
  #frameBytes = 0
  #bytesToSkip = 0
  #isDamaged = false
  readonly #frame = new MessageBuffer(Number.POSITIVE_INFINITY)
  readonly #capBytes: number
  readonly #payload: MessageBuffer
  readonly #event: MessageBuffer
  readonly #onMessage: OnMessage
  readonly #onError: (errorType: string) => void

  constructor(options: {
    readonly data: MessageBuffer
    readonly event: MessageBuffer
    readonly capBytes: number
    readonly onMessage: OnMessage
    /** Takes the type of an exception, which comes in a frame of its own. */
    readonly onError: (errorType: string) => void
  }) {
    this.#payload = options.data
    this.#event = options.event
    this.#capBytes = options.capBytes
    this.#onMessage = options.onMessage
    this.#onError = options.onError
  }

  push(chunk: Uint8Array): void {
    let index = 0
    while (index < chunk.length && !this.#isDamaged) {
      if (this.#bytesToSkip > 0) {
        const skipped = Math.min(this.#bytesToSkip, chunk.length - index)
        this.#bytesToSkip -= skipped
        index += skipped
        continue
      }
      const wanted = this.#frameBytes === 0 ? preludeBytes : this.#frameBytes
      const end = Math.min(chunk.length, index + wanted - this.#frame.length)
      this.#frame.add(chunk, index, end)
      index = end
      if (this.#frame.length < wanted) break
      if (this.#frameBytes === 0) this.#readPrelude()
      else this.#readFrame()
    }
    this.#frame.keep()
  }

  end(): void {
    this.#frame.clear()
  }

  #readPrelude(): void {
    const { bytes, start } = this.#frame
    const total = readUint32(bytes, start)
    const headers = readUint32(bytes, start + 4)
    const isSound =
      total <= maxFrameBytes &&
      preludeBytes + headers + checksumBytes <= total &&
      crc32(bytes, start, start + 8) === readUint32(bytes, start + 8)
    if (!isSound) this.#stop()
    else if (total > this.#capBytes) {
      // Too large to hold; no frame that counts tokens is.
      this.#bytesToSkip = total - preludeBytes
      this.#frame.clear()
    } else this.#frameBytes = total
  }

  #readFrame(): void {
    const { bytes, start, end } = this.#frame
    const payloadStart = start + preludeBytes + readUint32(bytes, start + 4)
    const payloadEnd = end - checksumBytes
    if (crc32(bytes, start, payloadEnd) !== readUint32(bytes, payloadEnd)) {
      this.#stop()
      return
    }
    const headers = readFrameHeaders(bytes, start + preludeBytes, payloadStart)
    const { messageType = 'event' } = headers
    if (messageType === 'event') {
      this.#event.add(headers.eventTypeBytes, 0, headers.eventTypeBytes.length)
      this.#payload.add(bytes, payloadStart, payloadEnd)
      this.#onMessage(this.#payload, this.#event)
      this.#payload.clear()
      this.#event.clear()
    } else this.#onError(headers.errorType ?? messageType)
    this.#frame.clear()
    this.#frameBytes = 0
  }

  #stop(): void {
    this.#isDamaged = true
    this.#frame.clear()
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
}

/** What the headers of a frame tell. */
interface FrameHeaders {
  /** `event`, `exception` or `error`. */
  readonly messageType?: string
  readonly eventTypeBytes: Uint8Array
  /** The `:exception-type` or `:error-code`. */
  readonly errorType?: string
}

const noBytes = new Uint8Array(0)
const textType = 7
const bytesType = 6

/** How long the values of the other types are, by the number of the type. */
const valueBytesByType: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]

/** Reads the headers between two places of a frame; what follows a header of an unknown type is left out. */
function readFrameHeaders(bytes: Uint8Array, start: number, end: number): FrameHeaders {
  let messageType: string | undefined
  let errorType: string | undefined
  let eventTypeBytes: Uint8Array = noBytes
  let index = start
  while (index < end) {
    const nameEnd = index + 1 + (bytes[index] ?? 0)
    const type = bytes[nameEnd] ?? 0
    const isSized = type === textType || type === bytesType
    const valueStart = nameEnd + (isSized ? 3 : 1)
    const valueBytes = isSized ? ((bytes[nameEnd + 1] ?? 0) << 8) | (bytes[nameEnd + 2] ?? 0) : valueBytesByType[type]
    if (valueBytes === undefined || valueStart + valueBytes > end) break
    if (type === textType) {
      const value = bytes.subarray(valueStart, valueStart + valueBytes)
      const name = decoder.decode(bytes.subarray(index + 1, nameEnd))
      if (name === ':event-type') eventTypeBytes = value
      else if (name === ':message-type') messageType = decoder.decode(value)
      else if (name === ':exception-type' || name === ':error-code') errorType = wordOf(decoder.decode(value))
    }
    index = valueStart + valueBytes
  }
  return { messageType, eventTypeBytes, errorType }
}

function wordOf(text: string): string | undefined {
  return /^[\w.:-]{1,64}$/.test(text) ? text : undefined
}

const table = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  table[byte] = remainder
}

/** The CRC-32 (IEEE 802.3) of the bytes from `start` to `end`, as an unsigned number. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let remainder = 0xffffffff
  for (let index = start; index < end; index++) {
    remainder = (table[(remainder ^ (bytes[index] ?? 0)) & 0xff] ?? 0) ^ (remainder >>> 8)
  }
  return (remainder ^ 0xffffffff) >>> 0
}
