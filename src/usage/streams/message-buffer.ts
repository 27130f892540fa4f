import { TextDecoder, TextEncoder } from '../../platform.ts'
import { JsonSkeleton } from './json-skeleton.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const noBytes = new Uint8Array(0)

/**
 * One message as its bytes arrive. It is a view on the caller's chunk while it can be, a copy of its own when it must
 * outlive the chunk, and a skeleton of its JSON when it grows beyond the cap: memory is bounded whatever arrives.
 */
export class MessageBuffer {
  bytes: Uint8Array = noBytes
  start = 0
  end = 0
  #isOwn = false
  #own: Uint8Array = noBytes
  #skeleton: JsonSkeleton | undefined
  /** The whole of what is held, instead of its bytes. */
  #text: string | undefined
  readonly #capBytes: number

  constructor(capBytes: number) {
    this.#capBytes = capBytes
  }

  get length(): number {
    return this.end - this.start
  }

  get isEmpty(): boolean {
    return this.end === this.start && this.#skeleton === undefined && this.#text === undefined
  }

  /** How much memory it takes, about. */
  get heldBytes(): number {
    return this.#text?.length ?? this.length
  }

  /** Set once the message is larger than the cap; its bytes are gone then. */
  get isSkeleton(): boolean {
    return this.#skeleton !== undefined
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (start >= end) return
    if (this.#text !== undefined) this.#toBytes()
    if (this.#skeleton !== undefined) this.#skeleton.push(bytes, start, end)
    else if (this.length === 0) this.#view(bytes, start, end)
    else if (!this.#isOwn && bytes === this.bytes && start === this.end) this.end = end
    else this.#append(bytes, start, end)
  }

  /** Makes what is held independent of the caller's chunk; to be called before the chunk is let go. */
  keep(): void {
    if (!this.#isOwn && this.length > 0) this.#append(noBytes, 0, 0)
  }

  /** The same, as text where the message seems to be whole: it need not be copied and read once more. */
  keepText(): void {
    if (this.#isOwn || this.bytes[this.end - 1] !== closingBrace || this.length > this.#capBytes) this.keep()
    else {
      this.#text = this.text()
      this.#view(noBytes, 0, 0)
    }
  }

  clear(): void {
    this.#view(noBytes, 0, 0)
    this.#text = undefined
    this.#skeleton = undefined
    if (this.#own.length > maxKeptBytes) this.#own = noBytes
  }

  text(): string {
    return this.#text ?? decoder.decode(this.bytes.subarray(this.start, this.end))
  }

  /** The parsed message; undefined when it is not JSON. */
  read(): unknown {
    if (this.#skeleton === undefined && this.length <= this.#capBytes) return parseJson(this.text())
    const skeleton = this.#skeleton ?? this.#toSkeleton()
    return skeleton.isWhole() ? skeleton.value() : undefined
  }

  /** The members of the message that are known already, when the rest never came. */
  readPart(): unknown {
    if (this.#text !== undefined) this.#toBytes()
    return (this.#skeleton ?? this.#toSkeleton()).value()
  }

  #toBytes(): void {
    const bytes = encoder.encode(this.#text)
    this.#text = undefined
    this.#view(bytes, 0, bytes.length)
  }

  #view(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.#isOwn = false
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start
    if (length > this.#capBytes) {
      const skeleton = this.#toSkeleton()
      skeleton.push(bytes, start, end)
      this.clear()
      this.#skeleton = skeleton
      return
    }
    this.#makeOwn(length)
    this.#own.set(bytes.subarray(start, end), this.end)
    this.end = length
  }

  #makeOwn(length: number): void {
    if (this.#isOwn && length <= this.#own.length) return
    const held = this.bytes.subarray(this.start, this.end)
    if (length > this.#own.length) {
      const grown = new Uint8Array(Math.max(1024, length, Math.min(length * 2, this.#capBytes)))
      grown.set(held)
      this.#own = grown
    } else this.#own.set(held)
    this.#view(this.#own, 0, held.length)
    this.#isOwn = true
  }

  #toSkeleton(): JsonSkeleton {
    const skeleton = new JsonSkeleton()
    skeleton.push(this.bytes, this.start, this.end)
    return skeleton
  }
}

const closingBrace = 0x7d

/** A larger buffer is given back after its message, a smaller one is used again. */
const maxKeptBytes = 65_536

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
