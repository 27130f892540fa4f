import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices'
import { type TokenClass, tokenClasses } from '../../metadata/usage.ts'

/** USD per million tokens of one class: a number, or one that rises with the length of the prompt. */
export type Rate = number | SteppedRate

export interface SteppedRate {
  readonly base: number
  /** In rising order. A step holds for all tokens of a request whose prompt is longer than `abovePromptTokens`. */
  readonly steps: readonly { readonly abovePromptTokens: number; readonly usdPerMillion: number }[]
}

/** What has a price by the million: the classes, and of those read from a cache the audio, where it costs something else. */
export type RateName = TokenClass | 'cachedAudio'

export const rateNames: readonly RateName[] = [...tokenClasses, 'cachedAudio']

/** Prices by class; a class left out has none. */
export type Rates = { readonly [N in RateName]?: Rate }

/** The price of a class for a prompt of this length, in USD per million tokens. */
export function usdPerMillionAt(rate: Rate, promptTokens: number): number {
  if (typeof rate === 'number') return rate
  let usdPerMillion = rate.base
  for (const step of rate.steps) if (promptTokens > step.abovePromptTokens) usdPerMillion = step.usdPerMillion
  return usdPerMillion
}

/** The same rate times a factor: a tier, a discount. */
export function scaleRate(rate: Rate, factor: number): Rate {
  if (typeof rate === 'number') return decimal(rate * factor)
  return {
    base: decimal(rate.base * factor),
    steps: rate.steps.map((step) => ({ ...step, usdPerMillion: decimal(step.usdPerMillion * factor) })),
  }
}

/** All rates, or those of some classes alone, times a factor. */
export function scaleRates(rates: Rates, factor: number, names: readonly RateName[] = rateNames): Rates {
  const scaled: { [N in RateName]?: Rate } = {}
  for (const name of names) {
    const rate = rates[name]
    if (rate !== undefined) scaled[name] = scaleRate(rate, factor)
  }
  return scaled
}

/** What the price table lists for a model, as rates by class. Nothing is filled in that the table does not say. */
export function ratesOf(listed: ModelPrice): Rates {
  const output = rateOf(listed.output_text_mtok ?? listed.output_mtok)
  const input = rateOf(listed.input_text_mtok ?? listed.input_mtok)
  return withoutUndefined({
    input,
    cacheRead: rateOf(listed.cache_read_mtok),
    cachedAudio: rateOf(listed.cache_audio_read_mtok),
    cacheWrite5m: rateOf(listed.cache_write_5m_mtok ?? listed.cache_write_mtok),
    cacheWrite1h: rateOf(listed.cache_write_1h_mtok),
    inputAudio: rateOf(listed.input_audio_mtok),
    // Providers turn images and video into tokens and charge them as text wherever they list no other price.
    inputImage: rateOf(listed.input_image_mtok) ?? input,
    inputVideo: rateOf(listed.input_video_mtok) ?? input,
    // No usage tells video from text in the output.
    output: listed.output_video_mtok === undefined ? output : undefined,
    reasoning: rateOf(listed.output_reasoning_mtok) ?? output,
    outputAudio: rateOf(listed.output_audio_mtok),
    outputImage: rateOf(listed.output_image_mtok) ?? output,
  })
}

function rateOf(listed: number | TieredPrices | undefined): Rate | undefined {
  if (listed === undefined || typeof listed === 'number') return listed
  const steps = listed.tiers.map(({ start, price }) => ({ abovePromptTokens: start, usdPerMillion: price }))
  return { base: listed.base, steps: steps.sort((a, b) => a.abovePromptTokens - b.abovePromptTokens) }
}

/** Rates without the classes that are undefined. */
export function withoutUndefined(rates: { readonly [N in RateName]?: Rate | undefined }): Rates {
  const kept: { [N in RateName]?: Rate } = {}
  for (const name of rateNames) {
    const rate = rates[name]
    if (rate !== undefined) kept[name] = rate
  }
  return kept
}

// 0.1 * 1.1 is 0.11000000000000001 in binary; prices have a few decimals.
function decimal(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e9) / 1e9
}
