import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'

const decompress = promisify(brotliDecompress)

/** The tokens of an encoding by their bytes and by their numbers, which begin at 0. */
export class Vocabulary {
  readonly #bytes: Uint8Array
  /** Where each token begins in the bytes, by its number; behind the last one, where the next would begin. */
  readonly #starts: Uint32Array
  /** A hash table with open addressing: the number of a token + 1, and 0 where there is none. */
  readonly #slots: Uint32Array
  readonly #mask: number

  /** Takes what {@link unpackVocabulary} unpacked: every token behind a byte with its length, in the order of their numbers. */
  constructor(bytes: Uint8Array) {
    let count = 0
    for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) count += 1
    this.#bytes = bytes
    this.#starts = new Uint32Array(count + 1)
    // At most half full, so that what is looked for is near to where its hash points.
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * count + 1)))
    this.#mask = this.#slots.length - 1
    for (let number = 0, at = 0; number < count; number += 1) {
      const start = at + 1
      const end = start + (bytes[at] ?? 0)
      this.#starts[number] = start
      let slot = hashOf(bytes, start, end) & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = number + 1
      at = end
    }
    this.#starts[count] = bytes.length + 1
  }

  /** The number of the token that has these bytes, if there is one. */
  numberOf(piece: Uint8Array, start = 0, end = piece.length): number | undefined {
    let slot = hashOf(piece, start, end) & this.#mask
    for (;;) {
      const number = (this.#slots[slot] ?? 0) - 1
      if (number < 0) return undefined
      if (this.#isToken(number, piece, start, end)) return number
      slot = (slot + 1) & this.#mask
    }
  }

  /** The bytes of a token; none for a number that no token has. */
  bytesOf(number: number): Uint8Array {
    // The byte before the next token's first one is its length.
    return this.#bytes.subarray(this.#starts[number] ?? 0, Math.max(0, (this.#starts[number + 1] ?? 0) - 1))
  }

  #isToken(number: number, piece: Uint8Array, start: number, end: number): boolean {
    const first = this.#starts[number] ?? 0
    if ((this.#starts[number + 1] ?? 0) - 1 - first !== end - start) return false
    for (let at = start; at < end; at += 1) if (this.#bytes[first + at - start] !== piece[at]) return false
    return true
  }
}

/** FNV-1a, of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/); its high bits are mixed into the low ones, which are used. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash ^ (hash >>> 15)
}

/** Unpacks a vocabulary: every token stands behind its length, in the order of their numbers. */
export async function unpackVocabulary(packed: string): Promise<Vocabulary> {
  return new Vocabulary(await decompress(Buffer.from(packed, 'base64')))
}
