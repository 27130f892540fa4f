import { randomOf } from '../../seeded-random.ts'
import { chatTokensOf } from '../../tokens/chat-tokens.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { asksForSpeech, type ChatRequest, isInstruction } from '../chat-request.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Choice } from './completion.ts'

/** Token counts of one answer. Cached tokens are inside the prompt tokens, reasoning inside the completion tokens. */
export interface ChatUsage {
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
  /** Of the completion tokens those that are speech. */
  readonly audioTokens: number
}

/** What an answer to this request is reported to have used. */
export function usageOf({ request, choices, tokenizer, settings, drawKey, seen }: UsageRequest): ChatUsage {
  const promptTokens = chatTokensOf(request, tokenizer)
  return {
    promptTokens,
    cachedTokens: cachedTokensOf({ request, tokenizer, settings, drawKey, seen, promptTokens }),
    completionTokens: choices.reduce((sum, choice) => sum + choice.tokens, 0),
    reasoningTokens: choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0),
    audioTokens: asksForSpeech(request)
      ? choices.reduce((sum, { tokens, reasoningTokens }) => sum + tokens - reasoningTokens, 0)
      : 0,
  }
}

interface UsageRequest {
  readonly request: ChatRequest
  readonly choices: readonly Choice[]
  readonly tokenizer: Tokenizer
  readonly settings: SimulatorSettings
  readonly drawKey: string
  readonly seen: number
}

/**
 * Cached tokens come in steps of 128, from 1,024 on, as OpenAI documents it. The shared prefix is everything but the last
 * message (without a system message or earlier turns there is none), and a hit is drawn rather than remembered: what is
 * in a real cache depends on the order of arrival, which would make two runs of one seed differ.
 */
function cachedTokensOf(place: Omit<UsageRequest, 'choices'> & { readonly promptTokens: number }): number {
  const { request, tokenizer, settings, drawKey, seen, promptTokens } = place
  if (settings.cacheHitRate === 0 || promptTokens < 1024) return 0
  if (randomOf(settings.seed, drawKey, seen, 'cache')() >= settings.cacheHitRate) return 0
  const shared = request.messages.length > 1 ? request.messages.slice(0, -1) : request.messages.filter(isInstruction)
  if (shared.length === 0) return 0
  const prefix = Math.floor(chatTokensOf({ messages: shared, tools: request.tools }, tokenizer) / 128) * 128
  return prefix < 1024 ? 0 : Math.min(prefix, promptTokens)
}
