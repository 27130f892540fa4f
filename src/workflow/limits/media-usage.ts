import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { type RequestCost, trustOf } from '../../metadata/cost.ts'
import { totalTokensOf, type Usage } from '../../metadata/usage.ts'
import { priceRequest } from '../../pricing/index.ts'
import type { ModelQuery } from '../../pricing/price-query.ts'
import { nowMs } from '../../runtime/clock.ts'
import { heardTokens, madeImageTokens, spokenTokens } from '../../tokens/media-tokens.ts'
import { soundSeconds } from '../../tokens/sound-seconds.ts'
import { imageVariantOf } from '../../usage/index.ts'
import type { ModelClient } from '../models/model-call.ts'

type Prompt = LanguageModelV3CallOptions['prompt']

/** What a prompt is to a model that makes images or speech, or transcribes. */
export interface MediaMeasure {
  readonly textTokens: number
  readonly characters: number
  readonly images: number
  /** Of the sounds that are at hand; those with a web address count nothing. */
  readonly soundSeconds: number
}

/** Measures a prompt whose text was counted already. */
export function measureMedia(prompt: Prompt, textTokens: number): MediaMeasure {
  let [characters, images, seconds] = [0, 0, 0]
  for (const { content } of prompt) {
    if (typeof content === 'string') continue
    for (const part of content) {
      if (part.type === 'text') characters += [...part.text].length
      if (part.type !== 'file') continue
      if (part.mediaType.startsWith('image/')) images += 1
      else if (typeof part.data === 'string') seconds += soundSeconds(Buffer.from(part.data, 'base64'))
    }
  }
  return { textTokens, characters, images, soundSeconds: seconds }
}

// An image that is to be changed counts so many tokens at the standard fidelity, about as many as one of its size in a chat.
const givenImageTokens = 323
// Fast speech.
const wordTokensPerSecond = 5

/**
 * What a request may use: in tokens, and in a unit of its own. A model is charged by one of them, which its price tells.
 * Empty for models that chat.
 */
export function mediaUsagesOf(
  { purpose, upstreamModel, parameters }: Pick<ModelClient, 'purpose' | 'upstreamModel' | 'parameters'>,
  { textTokens: input, characters, images, soundSeconds: seconds }: MediaMeasure,
): readonly Usage[] {
  switch (purpose) {
    case 'images': {
      const count = typeof parameters.n === 'number' && parameters.n > 1 ? parameters.n : 1
      const outputImage = count * madeImageTokens(parameters)
      const variant = imageVariantOf({ model: upstreamModel, parameters })
      return [
        { input, ...(images > 0 ? { inputImage: images * givenImageTokens } : {}), outputImage },
        { fees: [{ unit: 'image', quantity: count, ...(variant === undefined ? {} : { variant }) }] },
      ]
    }
    case 'speech':
      return [{ input, output: spokenTokens(characters) }, { fees: [{ unit: 'character', quantity: characters }] }]
    case 'transcription':
      return [
        { input, inputAudio: heardTokens(seconds), output: Math.ceil(seconds * wordTokensPerSecond) },
        { fees: [{ unit: 'audioSecond', quantity: Math.ceil(seconds) }] },
      ]
    case 'chat':
    case 'speaking-chat':
      return []
    default:
      return purpose satisfies never
  }
}

/** A usage by which a model is charged, and what it costs. */
export interface PricedUsage {
  readonly usage: Usage
  readonly tokens: number
  readonly cost: RequestCost
}

/**
 * The usage that a model is charged by: the first of several that its price knows whole, else the most expensive of those it knows
 * in part; undefined where it knows none.
 */
export function chargedUsage(usages: readonly Usage[], query: ModelQuery): PricedUsage | undefined {
  let inPart: PricedUsage | undefined
  for (const usage of usages) {
    const cost = priceRequest({ ...query, usage, at: nowMs() })
    const charged = { usage, tokens: totalTokensOf(usage), cost }
    if (isPricedWhole(cost)) return charged
    if (cost.lines.length > 0 && cost.picodollars >= (inPart?.cost.picodollars ?? 0)) inPart = charged
  }
  return inPart
}

/** Whether all that a request uses has a price: so much a request, or so much an hour. In a rehearsal, whether it would have. */
export function isPricedWhole(cost: RequestCost): boolean {
  const trust = trustOf(cost)
  return trust === 'priced' || trust === 'free' || cost.hourly !== undefined
}
