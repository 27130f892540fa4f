import { crc32 } from './crc32.ts'
import { readFrameHeaders } from './event-stream-headers.ts'
import { MessageBuffer } from './message-buffer.ts'
import type { OnMessage } from './sse-cutter.ts'

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
