import { hexOf, logNormal, type Random } from '../../seeded-random.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { AnswerObject } from './answer.ts'

/** A piece of an answer, about one token: what one chunk of a stream carries. */
export type AnswerPart =
  | { readonly type: 'content' | 'refusal'; readonly text: string }
  | { readonly type: 'tool-call'; readonly toolIndex: number; readonly id: string; readonly name: string }
  | { readonly type: 'arguments'; readonly toolIndex: number; readonly text: string }

/** One choice of an answer, cut to the limits of its request. */
export interface Choice {
  readonly parts: readonly AnswerPart[]
  readonly finishReason: string
  /** All completion tokens of this choice, hidden ones included. */
  readonly tokens: number
  readonly reasoningTokens: number
}

/** Turns an answer into a choice: hidden reasoning, tokens, stop sequences, token limit. */
export function choiceOf({ request, answer, tokenizer, settings, random }: ChoiceRequest): Choice {
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
  const wantedReasoning = answer.reasoningTokens ?? drawReasoning({ request, settings, random })
  const reasoningTokens = Math.min(wantedReasoning, limit)
  const parts: AnswerPart[] = []
  let tokens = reasoningTokens
  let isCut = wantedReasoning > limit
  const take = (text: string): string[] => {
    const wanted = tokenizer.encode(text)
    const taken = wanted.slice(0, limit - tokens)
    isCut ||= taken.length < wanted.length
    tokens += taken.length
    return tokenizer.pieces(taken)
  }
  for (const text of take(beforeStop(answer.content ?? '', request.stop))) parts.push({ type: 'content', text })
  for (const text of take(answer.refusal ?? '')) parts.push({ type: 'refusal', text })
  for (const [toolIndex, call] of (answer.toolCalls ?? []).entries()) {
    const name = take(call.name).join('')
    if (isCut) break
    parts.push({ type: 'tool-call', toolIndex, id: `call_${hexOf(random, 24)}`, name })
    for (const text of take(JSON.stringify(call.arguments ?? {}))) parts.push({ type: 'arguments', toolIndex, text })
  }
  return { parts, tokens, reasoningTokens, finishReason: answer.finishReason ?? finishReasonOf(answer, request, isCut) }
}

interface ChoiceRequest {
  readonly request: ChatRequest
  readonly answer: AnswerObject
  readonly tokenizer: Tokenizer
  readonly settings: SimulatorSettings
  readonly random: Random
}

function drawReasoning({ request, settings, random }: Pick<ChoiceRequest, 'request' | 'settings' | 'random'>): number {
  const isReasoningModel = /(^|\/)(o\d|gpt-5(?!-chat))/.test(request.model)
  if (!isReasoningModel || request.reasoning_effort === 'none' || request.reasoning_effort === 'minimal') return 0
  // OpenAI reports reasoning in steps of 64.
  return Math.round(logNormal({ mean: settings.reasoningTokens, sigma: 0.5, random }) / 64) * 64
}

function finishReasonOf(answer: AnswerObject, request: ChatRequest, isCut: boolean): string {
  if (isCut) return 'length'
  const isForced = typeof request.tool_choice === 'object' && request.tool_choice !== null
  // OpenAI says `stop` when the request named the tool.
  return answer.toolCalls?.length && !isForced ? 'tool_calls' : 'stop'
}

function beforeStop(text: string, stop: ChatRequest['stop']): string {
  const sequences = typeof stop === 'string' ? [stop] : (stop ?? [])
  const ends = sequences.filter((sequence) => sequence !== '').map((sequence) => text.indexOf(sequence))
  const found = ends.filter((end) => end >= 0)
  return found.length > 0 ? text.slice(0, Math.min(...found)) : text
}
