import crypto, { createHash } from 'node:crypto'
import { type KnownEndpoint, type RequestFacts, readRequestFacts } from '../../usage/index.ts'

/** A body that is longer is not parsed: a prompt with images in it may be large, and its first part names the model. */
export const maxParsedLength = 4_000_000

/** A text that is longer is not kept until somebody asks what is in it. */
const maxKeptLength = 65_536

export interface KnownBody {
  readonly hash?: string
  readonly form?: ReadonlyMap<string, string>
}

/**
 * The body of a request. What is to be known of it is worked out when somebody asks, which as a rule is after the answer,
 * for many requests together.
 */
export class RequestBody {
  /** False while it is still being made, or read. */
  isKnown = true
  #text: string | undefined
  #hash: string | undefined
  #prefixes: readonly string[] | undefined
  #json: unknown
  #form: ReadonlyMap<string, string> | undefined
  #whenKnown: (() => void) | undefined

  constructor(text: string | undefined, { hash, form }: KnownBody = {}) {
    this.#text = text
    this.#hash = hash
    this.#form = form
  }

  /** Calls a function once the body is known, where it is not yet. */
  whenKnown(act: () => void): void {
    if (!this.isKnown) this.#whenKnown = act
  }

  /** Tells a body that was not known what it is; undefined where that will never be known. */
  learn(text: string | undefined, hash?: string): void {
    if (this.isKnown) return
    this.isKnown = true
    this.#text = text
    this.#hash = hash
    const act = this.#whenKnown
    this.#whenKnown = undefined
    act?.()
  }

  /** The body as JSON; undefined when it is none or too large to be worth parsing. */
  get json(): unknown {
    this.#json ??= parse(this.#text)
    return this.#json
  }

  /** The fields of a multipart form that are text. */
  get form(): ReadonlyMap<string, string> | undefined {
    if (this.#text?.startsWith('--') === true && this.#text.length <= maxParsedLength)
      this.#form ??= readForm(this.#text)
    return this.#form
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
    this.#form = this.form
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

/** The text fields of a multipart body; what is in its files is not looked at. */
function readForm(text: string): ReadonlyMap<string, string> {
  const delimiter = text.slice(0, Math.max(0, text.indexOf('\r\n')))
  const fields = new Map<string, string>()
  for (const part of delimiter === '' ? [] : text.split(`${delimiter}\r\n`)) {
    const end = part.indexOf('\r\n\r\n')
    const head = part.slice(0, end)
    const name = /;\s*name="([^"]*)"/i.exec(head)?.[1]
    if (end < 0 || name === undefined || /;\s*filename/i.test(head)) continue
    fields.set(
      name,
      part
        .slice(end + 4)
        .split(`\r\n${delimiter}`, 1)[0]
        ?.replace(/\r\n$/, '') ?? '',
    )
  }
  return fields
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

// Not imported by its name: where it is missing, the package would not even load to say which Node it needs.
const digestOf: (text: string) => string =
  typeof crypto.hash === 'function'
    ? (text) => crypto.hash('sha256', text)
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
    // A copy, for the writer may use its buffer again.
    if (this.#length <= maxParsedLength) this.#pieces.push(Uint8Array.prototype.slice.call(bytes))
    else this.#pieces = []
  }

  /** What was written so far is JSON. */
  get isJson(): boolean {
    return parse(this.#text) !== undefined
  }

  /** To be asked once, when all was written. */
  read(): RequestBody {
    return new RequestBody(this.#text, { hash: this.#length === 0 ? undefined : this.#hash() })
  }

  /** Tells a body what was written; to be asked once. */
  tell(body: RequestBody): void {
    body.learn(this.#text, this.#length === 0 ? undefined : this.#hash())
  }

  get #text(): string | undefined {
    if (this.#length === 0 || this.#length > maxParsedLength) return undefined
    return Buffer.concat(this.#pieces).toString('utf8')
  }

  #hash(): string {
    return this.#digest.digest('hex').slice(0, 16)
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
  /** Another of those that the URL may be, once a body that was still being made is known. */
  endpoint: KnownEndpoint
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
    if (!this.body.isKnown) return this.#read()
    this.#facts ??= this.#read()
    return this.#facts
  }

  #read(): RequestFacts {
    try {
      const { url, body } = this
      const headers = this.#headers
      const header = headers === undefined ? undefined : (name: string) => headers.get(name)
      return readRequestFacts(this.endpoint, { url, body: body.takeJson(), form: body.form, header })
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
    // Of a key only what tells its kind, never what makes it one.
    found.set(name, name === 'authorization' ? value.slice(0, 17) : value)
  }
  return found
}
