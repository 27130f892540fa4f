import { TextDecoder, TextEncoder } from '../../platform.ts'
import { doubtsOfOutput, mergeFacts, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { readGatewayHeaders } from '../endpoints/gateways.ts'
import { providerOfHost } from '../registry.ts'
import type { AnswerContext, AnswerFacts, AnswerHeaders, Framing, RequestFacts, WireFormat } from '../wire-format.ts'
import { EventStreamCutter } from './event-stream-cutter.ts'
import { JsonArrayCutter } from './json-array-cutter.ts'
import { MessageBuffer } from './message-buffer.ts'
import { MessageFold } from './message-fold.ts'
import { NdjsonCutter } from './ndjson-cutter.ts'
import { SseCutter } from './sse-cutter.ts'

/** Reads the body of an answer as it passes by. It keeps no chunk, holds at most its cap, and throws nothing. */
export interface AnswerReader {
  push(chunk: Uint8Array): void
  /** What the answer told, now that it ended by itself. It may be asked for later: nothing of it was read until then. */
  end(): AnswerFacts
  /** How much is held until the end is asked for, in bytes. */
  readonly heldBytes: number
  /** What is known so far: all there is when the answer was cut off. */
  facts(): AnswerFacts
  /** True once a stream has carried its first token. */
  readonly sawToken: boolean
}

export interface AnswerReaderOptions {
  readonly headers: AnswerHeaders
  /** The `content-type` of the answer; taken from the headers when left out. */
  readonly contentType?: string
  /** What the request said of itself; asked for when it is needed. */
  readonly request: () => AskedFacts
  /** How much of a document, or of one message of a stream, may be held; default 1 MiB. Above it a skeleton is read. */
  readonly capBytes?: number
}

/** What is known of a request, or nothing. */
type AskedFacts = Partial<RequestFacts>

/** How a whole answer came. */
export interface WholeAnswerOptions {
  readonly headers: AnswerHeaders
  readonly request?: RequestFacts
}

const defaultCapBytes = 1024 * 1024

/** A reader for one answer in this format. */
export function createAnswerReader(format: WireFormat, options: AnswerReaderOptions): AnswerReader {
  const { headers, capBytes = defaultCapBytes } = options
  const contentType = options.contentType ?? headers.get('content-type') ?? ''
  const framing = framingOf(format, contentType, options.request)
  if (framing === 'json') return new DocumentReader(format, options)
  const context = contextOf(format, options)
  return framing === 'unread' ? createUnreadReader(context) : createStreamReader(format, { context, capBytes, framing })
}

function contextOf(format: WireFormat, options: AnswerReaderOptions): AnswerContext {
  const request = options.request()
  return { request, known: readAnswerHeaders(format, options.headers, request.isStream) }
}

const eventBeginning = /^\s*(?:data|event|id|retry)?:/
const longestBeginning = 32
const openingBrace = 0x7b

/** Some gateways send events under the type of a document: how the body begins tells, for no document begins so. */
function beginsWithEvent(chunk: Uint8Array): boolean {
  return chunk[0] !== openingBrace && eventBeginning.test(decoder.decode(chunk.subarray(0, longestBeginning)))
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** What the headers of an answer tell, before its body has come: the counts of some, and what gateways say. */
export function readAnswerHeaders(format: WireFormat, headers: AnswerHeaders, isStream = false): AnswerFacts {
  const known = readGatewayHeaders(headers, { isStream, providerOfHost })
  return format.readHeaders === undefined ? known : mergeFacts(known, format.readHeaders(headers))
}

/** How a body is cut, by its content type, or by what its format does where the type does not say. */
export function framingOf(format: WireFormat, contentType: string, request: () => AskedFacts): Framing | 'unread' {
  const type = contentType.toLowerCase()
  if (type.includes('vnd.amazon.eventstream')) return 'eventstream'
  if (type.includes('event-stream')) return 'sse'
  if (type.includes('ndjson') || type.includes('jsonl') || type.includes('json-seq')) return 'ndjson'
  if (format.mayAnswerOtherwise && type !== '' && !type.includes('json')) return 'unread'
  const { streamFraming } = format
  const isJson = type.includes('json')
  // A server that answers a stream with plain JSON sends one document, unless its streams are JSON themselves.
  if (isJson && streamFraming !== 'ndjson' && streamFraming !== 'json-array') return 'json'
  if (request().isStream !== true) return 'json'
  if (isJson) return streamFraming
  const saysNothing = type === '' || type.startsWith('text/plain') || type.startsWith('application/octet-stream')
  return saysNothing ? streamFraming : 'json'
}

/** A 2xx answer that is no JSON is a failed attempt, such as the login page of a proxy. */
const invalidJson: AnswerFacts = { errorType: 'invalid_json', isComplete: false }

/** A 2xx answer without a body holds no completion. */
const emptyBody: AnswerFacts = { errorType: 'empty_body', isComplete: false }

/** What a whole, non-streaming answer tells, from the text of its body. */
export function readWholeAnswer(format: WireFormat, text: string, options: WholeAnswerOptions): AnswerFacts {
  const known = readAnswerHeaders(format, options.headers)
  if (isOtherThanJson(format, options.headers)) return unreadFacts({ known, request: options.request })
  if (text === '') return { ...known, ...emptyBody }
  if (eventBeginning.test(text.slice(0, longestBeginning))) {
    const context = { known, request: options.request }
    const reader = createStreamReader(format, { context, capBytes: defaultCapBytes, framing: 'sse' })
    reader.push(encoder.encode(text))
    return reader.end()
  }
  try {
    const answer: unknown = JSON.parse(text)
    return readDocument(format, answer, { known, request: options.request })
  } catch {
    return { ...known, ...invalidJson }
  }
}

/** What a whole, non-streaming answer tells, from its parsed body. */
export function readWholeJson(format: WireFormat, answer: unknown, options: WholeAnswerOptions): AnswerFacts {
  return readDocument(format, answer, {
    known: readAnswerHeaders(format, options.headers),
    request: options.request,
  })
}

function isOtherThanJson({ mayAnswerOtherwise }: WireFormat, headers: AnswerHeaders): boolean {
  const type = headers.get('content-type') ?? ''
  return mayAnswerOtherwise === true && type !== '' && !type.includes('json')
}

function readDocument(format: WireFormat, answer: unknown, context: AnswerContext): AnswerFacts {
  // A stream that is one long list may be read as what it is.
  if (Array.isArray(answer) && format.streamFraming === 'json-array') return readList(format, answer, context)
  const facts = mergeFacts(context.known ?? {}, format.readAnswer(answer, context))
  const doubts = [...doubtsBeside(answer, format.usageMembers), ...doubtsOfOutput(facts.usage, answer)]
  return { ...withRequestUsage(withDoubts(facts, doubts), context), isComplete: true }
}

function readList(format: WireFormat, messages: readonly unknown[], context: AnswerContext): AnswerFacts {
  let facts = context.known ?? {}
  let doubts: readonly string[] = []
  for (const data of messages) {
    facts = format.readMessage(facts, { data }, context)
    doubts = [...doubts, ...doubtsBeside(data, format.usageMembers)]
  }
  return { ...withRequestUsage(withDoubts(format.settle?.(facts) ?? facts, doubts), context), isComplete: true }
}

/** What the request told counts where the answer told nothing, and what it asked for beside that is a doubt. */
function withRequestUsage(facts: AnswerFacts, { request }: AnswerContext): AnswerFacts {
  if (facts.usage !== undefined) return withDoubts(facts, request?.doubts ?? [])
  if (request?.usage === undefined || facts.errorType !== undefined) return facts
  return { ...facts, usage: request.usage }
}

function unreadFacts(context: AnswerContext): AnswerFacts {
  return { ...withRequestUsage(context.known ?? {}, context), isComplete: true }
}

/** Sound, pictures and plain text tell nothing but that they came. */
function createUnreadReader(context: AnswerContext): AnswerReader {
  let hasEnded = false
  const facts = () => (hasEnded ? unreadFacts(context) : { ...context.known, isComplete: false })
  return {
    sawToken: false,
    heldBytes: 0,
    push() {},
    end() {
      hasEnded = true
      return facts()
    },
    facts,
  }
}

/**
 * Reads a document when somebody asks what is in it. What it holds until then is all that is kept of an answer, for many
 * answers at once: the text, and where to look the rest up.
 */
class DocumentReader implements AnswerReader {
  readonly #format: WireFormat
  readonly #options: AnswerReaderOptions
  readonly #document: MessageBuffer
  #hasBegun = false
  /** Set once the body has shown that it is none. */
  #events: AnswerReader | undefined
  #settled: AnswerFacts | undefined

  constructor(format: WireFormat, options: AnswerReaderOptions) {
    this.#format = format
    this.#options = options
    this.#document = new MessageBuffer(options.capBytes ?? defaultCapBytes)
  }

  get sawToken(): boolean {
    return this.#events?.sawToken ?? false
  }

  get heldBytes(): number {
    return this.#events?.heldBytes ?? this.#document.heldBytes
  }

  push(chunk: Uint8Array): void {
    if (!this.#hasBegun && chunk.length > 0) {
      this.#hasBegun = true
      if (beginsWithEvent(chunk)) this.#events = this.#readEvents()
    }
    if (this.#events !== undefined) {
      this.#events.push(chunk)
      return
    }
    this.#document.add(chunk, 0, chunk.length)
    this.#document.keepText()
  }

  end(): AnswerFacts {
    if (this.#events !== undefined) return this.#events.end()
    if (this.#settled !== undefined) return this.#settled
    const value = this.#document.read()
    if (this.#document.isEmpty) this.#settled = mergeFacts(this.#readPart(), emptyBody)
    else if (value === undefined) this.#settled = mergeFacts(this.#readPart(), invalidJson)
    else this.#settled = readDocument(this.#format, value, contextOf(this.#format, this.#options))
    this.#document.clear()
    return this.#settled
  }

  facts(): AnswerFacts {
    return this.#events?.facts() ?? this.#settled ?? this.#readPart()
  }

  #readPart(): AnswerFacts {
    const context = contextOf(this.#format, this.#options)
    return { ...readDocument(this.#format, this.#document.readPart(), context), isComplete: false }
  }

  #readEvents(): AnswerReader {
    const { capBytes = defaultCapBytes } = this.#options
    const context = contextOf(this.#format, this.#options)
    return createStreamReader(this.#format, { context, capBytes, framing: 'sse' })
  }
}

type StreamFraming = Exclude<Framing, 'json'>

function createStreamReader(
  format: WireFormat,
  { context, capBytes, framing }: { context: AnswerContext; capBytes: number; framing: StreamFraming },
): AnswerReader {
  const fold = new MessageFold({ format, context, capBytes })
  const cutter = createCutter(framing, { fold, capBytes })
  let hasEnded = false
  const facts = (): AnswerFacts => {
    const known = fold.facts()
    // Some servers leave the end marker out: a body that ended by itself after the reason was given is whole.
    return { ...known, isComplete: known.isComplete ?? (hasEnded && known.finishReason !== undefined) }
  }
  return {
    heldBytes: 0,
    get sawToken() {
      return fold.sawToken
    },
    push: (chunk) => cutter.push(chunk),
    end() {
      if (!hasEnded) cutter.end()
      hasEnded = true
      return facts()
    },
    facts,
  }
}

function createCutter(framing: StreamFraming, { fold, capBytes }: { fold: MessageFold; capBytes: number }) {
  const parts = {
    data: new MessageBuffer(capBytes),
    event: new MessageBuffer(maxEventNameBytes),
    onMessage: (payload: MessageBuffer, event: MessageBuffer) => fold.add(payload, event),
  }
  switch (framing) {
    case 'sse':
      return new SseCutter(parts)
    case 'ndjson':
      return new NdjsonCutter(parts)
    case 'json-array':
      return new JsonArrayCutter(parts)
    case 'eventstream':
      return new EventStreamCutter({ ...parts, capBytes, onError: (errorType) => fold.fail(errorType) })
    default:
      return framing satisfies never
  }
}

const maxEventNameBytes = 1024
