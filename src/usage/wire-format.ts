import type { Usage } from '../metadata/usage.ts'

/**
 * One wire format: all that is known of the way in which a provider is asked and answers. A format is one file in
 * `formats/` and one line of the registry; everything else (recognising, naming, reading, the quick look at a URL) follows
 * from what stands here.
 */
export interface WireFormat {
  /** Such as `openai-chat`; also the name of its folder of fixtures. */
  readonly name: string
  /**
   * What is asked for there, where its endpoints do not say otherwise, as OpenTelemetry's conventions name it (`chat`,
   * `embeddings`, `text_completion`, `generate_content`), or in one word where they have none. Left out where only the model
   * tells.
   */
  readonly operation?: string
  /** The paths of its operations. */
  readonly endpoints: readonly Endpoint[]
  /** The hosts of the provider whose format this is, and of those who have no format of their own. */
  readonly hosts?: readonly HostRule[]
  /** The paths mean this format only at the providers of its own `hosts`, or behind a gateway that names one of them. */
  readonly isOfItsHostsOnly?: boolean
  /** Who serves it where neither host nor gateway tells: a format that only one provider speaks. */
  readonly defaultProvider?: string
  /**
   * A second look, for paths that other services use too: false when the body is not a call to a model. A body that
   * could not be read is accepted.
   */
  readonly accepts?: (request: RequestInHand) => boolean
  /** Headers of the request that `readRequest` asks for, in lower case. */
  readonly requestHeaders?: readonly string[]
  readonly readRequest: (request: RequestInHand) => RequestFacts
  /** What the headers of an answer tell; for formats that count tokens there. */
  readonly readHeaders?: (headers: AnswerHeaders) => AnswerFacts
  /** What a whole, non-streaming answer tells. */
  readonly readAnswer: (answer: unknown, context: AnswerContext) => AnswerFacts
  /** Members of an answer or of a message that hold usage and that the format reads; other such objects are doubts. */
  readonly usageMembers: readonly string[]
  /** An answer may be something else than JSON, such as sound or plain text, of which nothing is read. */
  readonly mayAnswerOtherwise?: boolean
  /** How a stream is cut when its content type does not say. */
  readonly streamFraming: Framing
  readonly streamKeys: StreamKeys
  /** Takes the message out of the envelope a stream sends it in; undefined when there is none. */
  readonly unwrap?: (bytes: Uint8Array) => Uint8Array | undefined
  /** Folds one message of a stream into what the earlier ones told: later usage replaces earlier, it never adds. */
  readonly readMessage: (facts: AnswerFacts, message: StreamMessage, context: AnswerContext) => AnswerFacts
  /** True when a message carries the first token of the answer. */
  readonly isToken: (message: StreamMessage) => boolean
  /** What all messages together tell and none alone, such as their number. */
  readonly settle?: (facts: AnswerFacts) => AnswerFacts
  /**
   * For formats with an endpoint `deferred-result`: what one document of such an answer, or one line of it, tells. Undefined
   * while the work is not done.
   */
  readonly readResult?: (document: unknown) => DeferredResult | undefined
}

/** Work that one request began and another tells of. */
export interface DeferredResult {
  /** Each with its usage; none where the work failed, or where the answers are read elsewhere. */
  readonly answers: readonly DeferredAnswer[]
  /** The files that have the answers. */
  readonly files?: readonly string[]
}

/** One answer among the results of deferred work. */
export interface DeferredAnswer {
  /** By which it is counted once, however often it is read; left out where only its place among the answers tells it. */
  readonly id?: string
  readonly facts: AnswerFacts
  /** It may be the answer to an ordinary call, read again: it counts only where this process saw that it was deferred. */
  readonly mayBeCounted?: boolean
}

/** One operation of a format: what follows its base URL, and what a request to it does. */
export interface Endpoint {
  /**
   * The end of the path. `{model}` stands for one part that names the model, `{model+}` for several, `{}` for any one
   * part: `/chat/completions`, `/models/{model}:generateContent`.
   */
  readonly path: string
  /** What the path must have before that, which belongs to the base URL: `/v1`. */
  readonly base?: string
  /** Default: that of the format. */
  readonly operation?: string
  /** Default `POST`. */
  readonly method?: 'GET' | 'POST'
  /** Default `call`. */
  readonly role?: EndpointRole
  /** Of a `deferred-result`: it is one document (the default), or a line of JSON for each answer. */
  readonly framing?: 'json' | 'ndjson'
  /** Of a `deferred-result`: files of any kind are read there, so only those that a result named are looked at. */
  readonly isOfNamedFilesOnly?: boolean
  /**
   * Of a `deferred-result`: it lists work, each with the document that it has alone. Old work is in it as well, so only that
   * which this process began counts.
   */
  readonly isList?: boolean
}

/**
 * `call`: the answer is the model's. `deferred-start`: the answer names work that is done later, by `responseId`.
 * `deferred-result`: the answer tells how far such work is and, once it is done, its usage, however often it is asked.
 */
export type EndpointRole = 'call' | 'deferred-start' | 'deferred-result'

/** A host, and the provider who is paid for what it serves. */
export interface HostRule {
  /** The end of the host's name: `api.openai.com` is `eu.api.openai.com` too; with `.` or `-` in front, a part must precede. */
  readonly end?: string
  /** For hosts that an end does not tell: a text they contain, for the quick look, and the form they have. */
  readonly containing?: { readonly text: string; readonly form: RegExp }
  /** A part of the path that tells the provider on any host, such as that of a gateway in one's own network. */
  readonly pathPart?: string
  /** The provider's id in the price table, or how the URL tells it. */
  readonly provider: string | ((url: URL) => string | undefined)
}

/** A request as its wire format looks at it. */
export interface RequestInHand {
  readonly url: URL
  /** The parsed body, of a form its fields as one object; undefined where it could not be read. */
  readonly body: unknown
  /** One of the headers that the format asks for in `requestHeaders`. */
  readonly header?: (name: string) => string | undefined
  /** The model that the path names, as the registry found it. */
  readonly pathModel?: string
  /** The end of the path that was matched, as the endpoint writes it. */
  readonly path?: string
}

/** What a request says of itself, read from its URL and body before it is sent. */
export interface RequestFacts {
  /** Model named by the URL or the body. */
  readonly model?: string
  readonly isStream: boolean
  /** As the endpoint tells it. */
  readonly operation?: string
  /** Whether a stream was asked to carry its usage; undefined where the format has no such switch. */
  readonly asksForUsage?: boolean
  /** Parameters of the call (`temperature`, `max_tokens`, …), never messages, prompts or tools. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Who is asked, where the host or a header for a gateway tells it. */
  readonly provider?: string
  /** What the request itself tells of what is charged, where answers tell nothing: the characters to be spoken. */
  readonly usage?: Usage
  /** What it asks for that is charged and that no answer counts, in words for people. */
  readonly doubts?: readonly string[]
}

/** What is known when an answer is read. */
export interface AnswerContext {
  /** What its headers told. */
  readonly known?: AnswerFacts
  /** What the request said of itself, as far as that is known. */
  readonly request?: Partial<RequestFacts>
}

/** What an answer says of itself. Every field is optional: an answer may be cut at any byte. */
export interface AnswerFacts {
  readonly usage?: Usage
  /** The provider's usage object as it came: numbers, and the short words that name them. */
  readonly rawUsage?: unknown
  readonly model?: string
  readonly responseId?: string
  /** In the form that all providers have in common. */
  readonly finishReason?: string
  readonly serviceTier?: string
  /** Where the answer says that the model ran, as Anthropic names it: `us`. Some places have a price of their own. */
  readonly inferenceGeo?: string
  /** A gateway answered from what it had kept: the provider was not asked. */
  readonly isGatewayCacheHit?: boolean
  /** Who answered, where a gateway tells it in its headers. */
  readonly provider?: string
  /** Type of an error that came inside a 2xx answer: the attempt failed. */
  readonly errorType?: string
  /** The answer is yet to come, under the same `responseId`: it only says that the work has begun. */
  readonly isDeferred?: boolean
  /** A cost stated by the provider, in USD. */
  readonly reportedCostUsd?: number
  /** Number of pieces of output seen in a stream, for an estimate when no usage came. */
  readonly outputChunks?: number
  /** True when the end marker was seen, or the whole document; otherwise the usage is only what was seen so far. */
  readonly isComplete?: boolean
}

/** How the body of an answer is cut into messages. `json`: one document. */
export type Framing = 'json' | 'sse' | 'ndjson' | 'eventstream' | 'json-array'

/** The headers of an answer, as `Headers` has them. */
export type AnswerHeaders = Pick<Headers, 'get'>

/**
 * JSON keys by which the messages of a stream are told apart without parsing them, once the first token is known. A key
 * counts when its value is not null, false, or an empty string or list.
 */
export interface StreamKeys {
  /** A message with one of these is parsed. */
  readonly telling: readonly string[]
  /** Values that do the same: types of messages that have no telling key. */
  readonly tellingValues?: readonly string[]
  /** A count repeated in many messages, of which only the last is worth parsing. */
  readonly running?: string
  /** A message with one of these carries output. */
  readonly output: readonly string[]
}

/** One message of a stream: an SSE event, a line of JSON, or a frame of an AWS event stream. */
export interface StreamMessage {
  /** The SSE event name, or the `:event-type` of a frame. */
  readonly event?: string
  /** The parsed payload; undefined when it was not JSON, as for `[DONE]`. */
  readonly data: unknown
  /** A short payload that was not a JSON object, such as `[DONE]`. */
  readonly text?: string
}
