import type { Random } from '../../seeded-random.ts'
import type { ChatRequest } from '../chat-request.ts'

/** What the simulated model says to one request. */
export interface AnswerObject {
  /** The text; with tool calls it may be left out. */
  readonly content?: string
  readonly toolCalls?: readonly ToolCall[]
  readonly refusal?: string
  /** Hidden tokens before the text, counted as completion tokens. Default: drawn for reasoning models, else 0. */
  readonly reasoningTokens?: number
  /** Default: `tool_calls` with tool calls, `length` when a token limit cut the text, else `stop`. */
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter'
}

export interface ToolCall {
  readonly name: string
  /** Any JSON value; it is sent as text. */
  readonly arguments: unknown
}

export interface AnswerContext {
  /** The same numbers for the same seed, record, node and call of a run, else for the same request body, in any order of arrival. */
  readonly random: Random
  /** How often this very request arrived before, failed attempts included. Answers that use it may differ between runs. */
  readonly seen: number
  /** Which of the `n` choices of the request this is, from 0. */
  readonly choice: number
}

/** A task's own answers; undefined leaves a request to the simulator's default. May be asynchronous. */
export type AnswerFunction = (
  request: ChatRequest,
  context: AnswerContext,
) => string | AnswerObject | undefined | Promise<string | AnswerObject | undefined>
