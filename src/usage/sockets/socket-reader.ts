import type { AnswerFacts } from '../wire-format.ts'

/** What one message tells, on a WebSocket to OpenAI's Realtime or Responses and whoever speaks like them, or to Gemini's Live. */
export type SocketMessage =
  /** Which models the session has: the one that answers, and the one that writes down what it hears. */
  | { readonly type: 'session'; readonly model?: string; readonly transcriptionModel?: string }
  | { readonly type: 'start'; readonly id?: string }
  | { readonly type: 'token'; readonly id?: string }
  | { readonly type: 'answer'; readonly id?: string; readonly facts: AnswerFacts }
  /** What the user said was written down, by another model. */
  | { readonly type: 'transcript'; readonly facts: AnswerFacts }

/** Reads what is said on one socket. */
export interface SocketReader {
  /** Texts of which a message that tells something has one. */
  readonly tellingTexts: readonly string[]
  /** Messages may come as bytes, too. */
  readonly isBinary?: boolean
  /** What one message of the server tells. */
  read(message: unknown): readonly SocketMessage[]
  /** The same of what the program says, until something was learnt of it: only there is the model named. */
  readOwn?(message: unknown): SocketMessage | undefined
  /** What was told and belongs to no message, now that the socket is closed. */
  end?(): readonly SocketMessage[]
}
