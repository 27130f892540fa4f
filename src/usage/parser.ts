import type { Usage } from '../metadata/usage.ts'

/** What a request says of itself, read from its URL and body before it is sent. */
export interface RequestFacts {
  /** Model named by the URL or the body. */
  readonly model?: string
  readonly isStream: boolean
  /** Whether a stream was asked to carry its usage; undefined where the format has no such switch. */
  readonly asksForUsage?: boolean
  /** Parameters of the call (`temperature`, `max_tokens`, …), never messages, prompts or tools. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** What an answer says of itself. Every field is optional: an answer may be cut at any byte. */
export interface AnswerFacts {
  readonly usage?: Usage
  /** The provider's usage object as it came: numbers, and the short words that name them. */
  readonly rawUsage?: unknown
  readonly model?: string
  readonly responseId?: string
  readonly finishReason?: string
  readonly serviceTier?: string
  /** Type of an error that came inside a 2xx answer: the attempt failed. */
  readonly errorType?: string
  /** A cost stated by the provider, in USD. */
  readonly reportedCostUsd?: number
  /** Number of pieces of output seen in a stream, for an estimate when no usage came. */
  readonly outputChunks?: number
  /** True when the end marker was seen, or the whole document; otherwise the usage is only what was seen so far. */
  readonly isComplete?: boolean
}

/** How the body of an answer is cut into messages. `json`: one document. */
export type Framing = 'json' | 'sse' | 'ndjson' | 'eventstream' | 'json-array'

/** A request as its wire format looks at it; the body is parsed, or undefined where it could not be read. */
export interface RequestInHand {
  readonly url: URL
  readonly body: unknown
}

/** The headers of an answer, as `Headers` has them. */
export type AnswerHeaders = Pick<Headers, 'get'>

/** One wire format: which URLs speak it, and where its answers keep their usage. */
export interface WireFormat {
  /** Such as `openai-chat`; also the name of its folder of fixtures. */
  readonly name: string
  /** True when this URL, called with POST, is a call to a model in this format. */
  readonly matches: (url: URL) => boolean
  /**
   * A second look, for paths that other services use too: false when the body is not a call to a model. A body that
   * could not be read is accepted.
   */
  readonly accepts?: (request: RequestInHand) => boolean
  /** The provider that this URL belongs to, such as `openai`, `azure`, `aws`; undefined for an unknown host. */
  readonly provider: (url: URL) => string | undefined
  readonly readRequest: (request: RequestInHand) => RequestFacts
  /** What the headers of an answer tell; for formats that count tokens there. */
  readonly readHeaders?: (headers: AnswerHeaders) => AnswerFacts
  /** What a whole, non-streaming answer tells; `known` is what its headers told. */
  readonly readAnswer: (answer: unknown, known?: AnswerFacts) => AnswerFacts
  /** How a stream is cut when its content type does not say. */
  readonly streamFraming: Framing
  readonly streamKeys: StreamKeys
  /** Takes the message out of the envelope a stream sends it in; undefined when there is none. */
  readonly unwrap?: (bytes: Uint8Array) => Uint8Array | undefined
  /** Folds one message of a stream into what the earlier ones told: later usage replaces earlier, it never adds. */
  readonly readMessage: (facts: AnswerFacts, message: StreamMessage) => AnswerFacts
  /** True when a message carries the first token of the answer. */
  readonly isToken: (message: StreamMessage) => boolean
  /** What all messages together tell and none alone, such as their number. */
  readonly settle?: (facts: AnswerFacts) => AnswerFacts
}

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
