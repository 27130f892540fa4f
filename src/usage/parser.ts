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
  /** The provider's usage object as it came. */
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
}

/** How the body of an answer is cut into messages. `json`: one document. */
export type Framing = 'json' | 'sse' | 'ndjson' | 'eventstream' | 'json-array'

/** One wire format: which URLs speak it, and where its answers keep their usage. */
export interface WireFormat {
  /** Such as `openai-chat`; also the name of its folder of fixtures. */
  readonly name: string
  /** True when this URL, called with POST, is a call to a model in this format. */
  readonly matches: (url: URL) => boolean
  /** The provider that this URL belongs to, such as `openai`, `azure`, `aws`; undefined for an unknown host. */
  readonly provider: (url: URL) => string | undefined
  readonly readRequest: (request: { readonly url: URL; readonly body: unknown }) => RequestFacts
  /** What the headers of an answer tell; for formats that count tokens there. */
  readonly readHeaders?: (headers: Headers) => AnswerFacts
  /** What a whole, non-streaming answer tells. */
  readonly readAnswer: (answer: unknown) => AnswerFacts
  /** Folds one message of a stream into what the earlier ones told: later usage replaces earlier, it never adds. */
  readonly readMessage: (facts: AnswerFacts, message: StreamMessage) => AnswerFacts
  /** True when a message carries the first token of the answer. */
  readonly isToken: (message: StreamMessage) => boolean
}

/** One message of a stream: an SSE event, a line of JSON, or a frame of an AWS event stream. */
export interface StreamMessage {
  /** The SSE event name, or the `:event-type` of a frame. */
  readonly event?: string
  /** The parsed payload; undefined when it was not JSON, as for `[DONE]`. */
  readonly data: unknown
}
