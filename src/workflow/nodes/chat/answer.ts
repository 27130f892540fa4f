import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { SygraError } from '../../../errors.ts'
import { extraParametersKey } from '../../models/call-parameters.ts'
import { mediaAddressesOf } from './media-input.ts'

/** What a model answered, as post-processors get it. */
export interface ModelAnswer {
  /** The text; of a model that speaks its speech, as a data URL. */
  readonly content: string
  /** What was said, where the answer is speech. */
  readonly transcript?: string
  readonly finishReason: string
  /** The model's own reasoning, where it shows it. */
  readonly reasoning?: string
  /** The answer as the schema of the structured output gives it. */
  readonly parsed?: unknown
  /** Tools the model asked for; of an agent all that were called on the way, with what they gave. */
  readonly toolCalls?: readonly AnsweredToolCall[]
}

export interface AnsweredToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
  /** What the tool gave; undefined when it was not called or failed. */
  readonly result?: unknown
  /** Why the call failed, as the model was told. */
  readonly error?: string
}

/** A call of a tool in the answer of a model; `input` is the JSON text as the model wrote it. */
export type RequestedToolCall = Extract<LanguageModelV3GenerateResult['content'][number], { type: 'tool-call' }>

export function readAnswer(result: LanguageModelV3GenerateResult): ModelAnswer {
  const { content, finishReason } = result
  const textOf = (type: 'text' | 'reasoning') =>
    content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
  const calls = requestedToolCalls(result)
  return {
    ...(speechOf(result) ?? { content: textOf('text') }),
    finishReason: finishReason.unified,
    reasoning: textOf('reasoning') || undefined,
    toolCalls: calls.length === 0 ? undefined : calls.map(readToolCall),
  }
}

/** The speech of an answer, as its client keeps it. */
function speechOf({ providerMetadata }: LanguageModelV3GenerateResult) {
  const { speech, transcript } = providerMetadata?.[extraParametersKey] ?? {}
  if (typeof speech !== 'string' || typeof transcript !== 'string') return undefined
  return { content: mediaAddressesOf({ bytes: speech }, 'audio').join(''), transcript }
}

/** The tools a model asks for; those the provider runs itself are not among them. */
export function requestedToolCalls({ content }: LanguageModelV3GenerateResult): readonly RequestedToolCall[] {
  return content.flatMap((part) => (part.type === 'tool-call' && part.providerExecuted !== true ? [part] : []))
}

/**
 * Refuses an answer that says nothing because the service held it back or it had no room: an empty row would look as if the
 * model had nothing to say.
 *
 * @throws SygraError `model_answer`.
 */
export function checkSaysSomething({ content, finishReason, toolCalls }: ModelAnswer): void {
  const why = content.trim() === '' && toolCalls === undefined ? reasonsForNothing[finishReason] : undefined
  if (why !== undefined) throw new SygraError('model_answer', `the answer is empty: ${why}`)
}

const reasonsForNothing: Readonly<Record<string, string>> = {
  'content-filter': 'the content filter of the service held it back',
  length: 'the token limit was reached before the model said anything; raise max_tokens',
  error: 'the model ended with an error',
}

function readToolCall({ toolCallId, toolName, input }: RequestedToolCall): AnsweredToolCall {
  return { id: toolCallId, name: toolName, arguments: argumentsOf(input) }
}

/** Calls as OpenAI's interface writes them, and so the Python system: the arguments are JSON text. */
export function openaiToolCallsOf({ toolCalls = [] }: ModelAnswer) {
  return toolCalls.map(({ id, name, arguments: given }) => ({
    id,
    type: 'function',
    function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
  }))
}

/** The arguments of a call; the text itself when it is no JSON. */
export function argumentsOf(input: string): unknown {
  if (input.trim() === '') return {}
  try {
    return JSON.parse(input)
  } catch {
    return input
  }
}
