import type { Usage } from '../../metadata/usage.ts'
import { priceRequest } from '../../pricing/index.ts'
import type { ModelQuery } from '../../pricing/price-query.ts'
import { nowMs } from '../../runtime/clock.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { ModelCall } from '../models/model-call.ts'
import { isChat } from '../models/model-purpose.ts'
import type { AnswerAverages } from './answer-averages.ts'
import type { Amounts } from './budget.ts'
import { chargedUsage, measureMedia, mediaUsagesOf } from './media-usage.ts'
import { promptTokensOf } from './prompt-tokens.ts'

/** What a request will use up at most, as far as that can be told before. */
export interface RequestEstimate {
  readonly amounts: Amounts
  /** Tokens of the prompt as they were counted. */
  readonly countedTokens: number
}

/** What is known of a request before it is sent, without its text. */
export interface RequestMeasure {
  /** Tokens of the prompt as they were counted. */
  readonly countedTokens: number
  /** How long an answer may be, where the request says so. */
  readonly maxAnswerTokens: number | undefined
  /** How many answers it gives. */
  readonly answers: number
  /** Of a model that does not chat: what it may use, in tokens and in its own unit. */
  readonly media?: readonly Usage[]
}

/** Measures a request: its prompt is counted. */
export function measureRequest(call: ModelCall, tokenizer: Tokenizer): RequestMeasure {
  const { parameters, purpose } = call.client
  const countedTokens = promptTokensOf(call, tokenizer)
  const media = isChat(purpose) ? undefined : mediaUsagesOf(call.client, measureMedia(call.prompt, countedTokens))
  return {
    countedTokens,
    ...(media === undefined ? {} : { media }),
    maxAnswerTokens: maxAnswerTokensOf(parameters),
    answers: answersOf(parameters),
  }
}

export interface EstimateOptions {
  readonly model: string
  readonly averages: AnswerAverages
  readonly priceQuery: ModelQuery
}

/**
 * Estimates a request: of the answer it takes the limit that the request sets, or where there is none what the answers of
 * the model so far have hardly been longer than.
 */
export function estimateRequest(measure: RequestMeasure, options: EstimateOptions): RequestEstimate {
  const { model, averages, priceQuery } = options
  const { countedTokens, maxAnswerTokens, answers, media } = measure
  if (media !== undefined) {
    const { cost, tokens = 0 } = chargedUsage(media, priceQuery) ?? {}
    return { amounts: { picodollars: cost?.picodollars ?? 0, requests: 1, tokens }, countedTokens }
  }
  const input = averages.promptTokens(model, countedTokens)
  const output = (maxAnswerTokens ?? averages.answerTokens(model)) * answers
  const { picodollars } = priceRequest({ ...priceQuery, usage: { input, output }, at: nowMs() })
  return { amounts: { picodollars, requests: 1, tokens: input + output }, countedTokens }
}

const answerLimits = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const

/** How long an answer may be, where the parameters of a model say so. */
export function maxAnswerTokensOf(parameters: Readonly<Record<string, unknown>>): number | undefined {
  for (const name of answerLimits) {
    const value = parameters[name]
    if (typeof value === 'number' && value > 0) return value
  }
  return undefined
}

/** How many answers one request gives. */
function answersOf({ n }: Readonly<Record<string, unknown>>): number {
  return typeof n === 'number' && n > 1 ? n : 1
}
