import type { Usage } from '../metadata/usage.ts'
import { countOf, firstCountOf, memberOf } from './json-value.ts'
import { normalUsage } from './normal-usage.ts'

/** Where a provider departs from OpenAI's way of counting. */
export interface OpenaiUsageRules {
  /** The completion tokens are stated without the reasoning. */
  readonly isReasoningExtra?: boolean
}

/**
 * The `usage` object of the OpenAI family: chat, completions, embeddings and Responses, with the names that vLLM, SGLang,
 * DeepSeek, Mistral and OpenRouter give to cached tokens. Writes to a cache have one class here, whatever their life.
 */
export function readOpenaiUsage(usage: unknown, rules: OpenaiUsageRules = {}): Usage | undefined {
  const inputDetails =
    memberOf(usage, 'prompt_tokens_details') ??
    memberOf(usage, 'input_tokens_details') ??
    memberOf(usage, 'prompt_token_details')
  const outputDetails = memberOf(usage, 'completion_tokens_details') ?? memberOf(usage, 'output_tokens_details')
  return normalUsage({
    ...rules,
    input: firstCountOf(memberOf(usage, 'prompt_tokens'), memberOf(usage, 'input_tokens')),
    cacheRead: firstCountOf(
      memberOf(inputDetails, 'cached_tokens'),
      memberOf(usage, 'prompt_cache_hit_tokens'),
      memberOf(usage, 'num_cached_tokens'),
    ),
    cacheWrite5m: countOf(memberOf(inputDetails, 'cache_write_tokens')),
    inputAudio: countOf(memberOf(inputDetails, 'audio_tokens')),
    inputImage: countOf(memberOf(inputDetails, 'image_tokens')),
    output: firstCountOf(memberOf(usage, 'completion_tokens'), memberOf(usage, 'output_tokens')),
    reasoning: firstCountOf(memberOf(outputDetails, 'reasoning_tokens'), memberOf(usage, 'reasoning_tokens')),
    outputAudio: countOf(memberOf(outputDetails, 'audio_tokens')),
    total: countOf(memberOf(usage, 'total_tokens')),
  })
}

/** llama.cpp's `timings`, which come where usage was not asked for; its prompt count leaves the cached tokens out. */
export function readTimings(timings: unknown): Usage | undefined {
  return normalUsage({
    input: countOf(memberOf(timings, 'prompt_n')),
    cacheRead: countOf(memberOf(timings, 'cache_n')),
    output: countOf(memberOf(timings, 'predicted_n')),
    isCacheExtra: true,
  })
}

/** xAI counts money in ticks. Source: docs.x.ai, cost tracking, read 2026-11-23. */
const ticksPerUsd = 1e10

/** The cost that OpenRouter, Perplexity and xAI state in their usage, in USD. */
export function reportedCostIn(usage: unknown): number | undefined {
  const ticks = amountOf(memberOf(usage, 'cost_in_usd_ticks'))
  if (ticks !== undefined) return ticks / ticksPerUsd
  const cost = memberOf(usage, 'cost')
  const charged = amountOf(cost) ?? amountOf(memberOf(cost, 'total_cost'))
  // With one's own key, OpenRouter charges its fee only; the model's price goes to the key's owner.
  const upstream = memberOf(memberOf(usage, 'cost_details'), 'upstream_inference_cost')
  if (memberOf(usage, 'is_byok') === true && charged !== undefined) return charged + (amountOf(upstream) ?? 0)
  return charged
}

function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
