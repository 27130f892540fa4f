import { createHash, hash } from 'node:crypto'

// A prompt with images in it may be large; its first part names the model.
const maxParsedLength = 4_000_000

/** The text of a request body; undefined where it cannot be known without consuming it. */
export function bodyTextOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) return new TextDecoder().decode(body)
  return undefined
}

/** The body as JSON; undefined when it is none or too large to be worth parsing. */
export function parseBody(text: string | undefined): unknown {
  if (text === undefined || text.length > maxParsedLength) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A short digest of a body: equal bodies have equal ones, and the text cannot be got back from it. */
export function bodyHashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : digestOf(text).slice(0, 16)
}

// The shortest prefix that providers keep is 1,024 tokens, about four characters each.
const prefixLengths = [4_096, 16_384, 65_536]

/** Digests of the beginning of a body, to find prefixes that a provider could keep; undefined for a short one. */
export function prefixHashesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const digests = prefixLengths
    .filter((length) => text.length > length)
    .map((length) => digestOf(text.slice(0, length)).slice(0, 12))
  return digests.length > 0 ? digests : undefined
}

// Node 20.11 and older lack the quicker function.
const digestOf: (text: string) => string =
  typeof hash === 'function'
    ? (text) => hash('sha256', text)
    : (text) => createHash('sha256').update(text).digest('hex')

/** A body that is written in pieces: its digest, and its text while that is not too large. */
export class WrittenBody {
  readonly #digest = createHash('sha256')
  #pieces: Uint8Array[] = []
  #length = 0

  add(chunk: unknown, encoding?: unknown): void {
    const bytes = bytesOf(chunk, encoding)
    if (bytes === undefined || bytes.length === 0) return
    this.#digest.update(bytes)
    this.#length += bytes.length
    if (this.#length <= maxParsedLength) this.#pieces.push(bytes)
    else this.#pieces = []
  }

  /** To be asked once, when all was written. */
  read(): { readonly text: string | undefined; readonly hash: string | undefined } {
    if (this.#length === 0) return { text: undefined, hash: undefined }
    const text = this.#length <= maxParsedLength ? Buffer.concat(this.#pieces).toString('utf8') : undefined
    return { text, hash: this.#digest.digest('hex').slice(0, 16) }
  }
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk : undefined
}
