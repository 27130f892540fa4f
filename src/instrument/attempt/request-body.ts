import { createHash, hash } from 'node:crypto'
import { type KnownEndpoint, type RequestFacts, readRequestFacts } from '../../usage/index.ts'

// A prompt with images in it may be large; its first part names the model.
const maxParsedLength = 4_000_000

/** The text of a request body; undefined where it cannot be known without consuming it. */
export function bodyTextOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) return new TextDecoder().decode(body)
  return undefined
}

/** A text that is longer is not kept until somebody asks what is in it. */
const maxKeptLength = 65_536

/**
 * The body of a request. What is to be known of it is worked out when somebody asks, which as a rule is after the answer,
 * for many requests together.
 */
export class RequestBody {
  #text: string | undefined
  #hash: string | undefined
  #prefixes: readonly string[] | undefined
  #json: unknown

  constructor(text: string | undefined, hash?: string) {
    this.#text = text
    this.#hash = hash
  }

  /** The body as JSON; undefined when it is none or too large to be worth parsing. */
  get json(): unknown {
    this.#json ??= parse(this.#text)
    return this.#json
  }

  /** The same, for whoever asks last. */
  takeJson(): unknown {
    const { json } = this
    this.#json = undefined
    return json
  }

  /** It was parsed, and what came of it is kept. */
  get isParsed(): boolean {
    return this.#json !== undefined
  }

  /** Equal bodies have equal ones, and the text cannot be got back from it; undefined for a body that is not known. */
  get hash(): string | undefined {
    if (this.#text !== undefined) this.#hash ??= bodyHashOf(this.#text)
    return this.#hash
  }

  /** Digests of its beginning, to find prefixes that a provider could keep; undefined for a short body. */
  get prefixes(): readonly string[] | undefined {
    if (this.#text !== undefined) this.#prefixes ??= prefixHashesOf(this.#text)
    return this.#prefixes
  }

  /** Too long to be kept until somebody asks. */
  get isLong(): boolean {
    return this.#text !== undefined && this.#text.length > maxKeptLength
  }

  /** Works out the digests, and keeps nothing else. */
  letGo(): void {
    this.#hash = this.hash
    this.#prefixes = this.prefixes
    this.#text = undefined
  }
}

function parse(text: string | undefined): unknown {
  if (text === undefined || text.length > maxParsedLength) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A short digest of a text. */
export function bodyHashOf(text: string): string {
  return digestOf(text).slice(0, 16)
}

// The shortest prefix that providers keep is 1,024 tokens, about four characters each.
const prefixLengths = [4_096, 16_384, 65_536]

function prefixHashesOf(text: string): readonly string[] | undefined {
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
  read(): RequestBody {
    if (this.#length === 0) return new RequestBody(undefined)
    const text = this.#length <= maxParsedLength ? Buffer.concat(this.#pieces).toString('utf8') : undefined
    return new RequestBody(text, this.#digest.digest('hex').slice(0, 16))
  }
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk : undefined
}

const nothingKnown: RequestFacts = { isStream: false, parameters: {} }

/** A request as it was sent, and what it says of itself, which is read when somebody asks. */
export class ModelRequest {
  readonly url: URL
  readonly body: RequestBody
  readonly endpoint: KnownEndpoint
  readonly #headers: ReadonlyMap<string, string> | undefined
  #facts: RequestFacts | undefined

  constructor({ endpoint, url, body, header }: SentRequest) {
    this.url = url
    this.body = body
    this.endpoint = endpoint
    // The headers themselves are not kept until somebody asks.
    this.#headers = endpoint.requestHeaders.length === 0 ? undefined : headersNamed(endpoint.requestHeaders, header)
    // What is parsed already must not be kept until somebody asks, nor must a long text.
    if (body.isParsed || body.isLong) this.#facts = this.#read()
    if (body.isLong) body.letGo()
  }

  get facts(): RequestFacts {
    this.#facts ??= this.#read()
    return this.#facts
  }

  #read(): RequestFacts {
    try {
      const headers = this.#headers
      const header = headers === undefined ? undefined : (name: string) => headers.get(name)
      return readRequestFacts(this.endpoint, { url: this.url, body: this.body.takeJson(), header })
    } catch {
      return nothingKnown
    }
  }
}

interface SentRequest {
  readonly endpoint: KnownEndpoint
  readonly url: URL
  readonly body: RequestBody
  readonly header: (name: string) => string | undefined
}

function headersNamed(
  names: readonly string[],
  header: (name: string) => string | undefined,
): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined
  for (const name of names) {
    const value = header(name)
    if (value === undefined) continue
    found ??= new Map()
    found.set(name, value)
  }
  return found
}
