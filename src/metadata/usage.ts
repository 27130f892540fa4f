/** Classes of input tokens. They are disjoint: an audio token read from a cache is counted once. */
export const inputClasses = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'inputImage',
  'inputVideo',
] as const

/** Classes of output tokens, disjoint: `output` is text without the reasoning. */
export const outputClasses = ['output', 'reasoning', 'outputAudio', 'outputImage'] as const

export const tokenClasses = [...inputClasses, ...outputClasses] as const

export type TokenClass = (typeof tokenClasses)[number]

/**
 * Tokens of one response in the normal form every wire format is read into. A class left out was not reported, which is
 * not zero. The classes of input add up to the prompt tokens, those of output to the completion tokens.
 */
export interface Usage extends TokenCounts {
  /** Of `cacheRead`, how many are audio, where that is told: some models charge them more than cached text. */
  readonly cachedAudio?: number
  /** The provider's own total, kept only where it differs from the sum of the classes. */
  readonly statedTotal?: number
  /** What was used beside tokens and is charged by another unit: searches, images, pages, seconds. */
  readonly fees?: readonly FeeCount[]
  /**
   * Why these counts may not be all that is charged, in words for people, such as `7 tokens of the stated total belong to
   * no class`. A cost that rests on them is a lower bound.
   */
  readonly doubts?: readonly string[]
}

/** Units other than tokens that providers charge by. A search or a call is counted by its number. */
export const feeUnits = [
  'webSearch',
  'xSearch',
  'fileSearch',
  'grounding',
  'mapsGrounding',
  'searchUnit',
  'codeInterpreter',
  'containerSecond',
  'toolCall',
  'request',
  'image',
  'page',
  'character',
  'audioSecond',
  'videoSecond',
  'trainedToken',
] as const

export type FeeUnit = (typeof feeUnits)[number]

/** How much of one unit was used. */
export interface FeeCount {
  readonly unit: FeeUnit
  readonly quantity: number
  /** What decides the price of the unit beside the model, as the provider names it: `high`, `1024x1024`, `preview`. */
  readonly variant?: string
}

export type TokenCounts = { readonly [C in TokenClass]?: number }

// Written out class by class: these run for every request, and a loop over names costs ten times as much.

/** All input tokens, cached ones included; undefined when no class of input was reported. */
export function promptTokensOf(usage: TokenCounts): number | undefined {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, inputAudio, inputImage, inputVideo } = usage
  if (input === undefined && cacheRead === undefined && cacheWrite5m === undefined && inputVideo === undefined) {
    if (cacheWrite1h === undefined && inputAudio === undefined && inputImage === undefined) return undefined
  }
  const ofCache = (cacheRead ?? 0) + (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0)
  return (input ?? 0) + ofCache + (inputAudio ?? 0) + (inputImage ?? 0) + (inputVideo ?? 0)
}

/** All output tokens, reasoning included; undefined when no class of output was reported. */
export function completionTokensOf(usage: TokenCounts): number | undefined {
  const { output, reasoning, outputAudio, outputImage } = usage
  if (output === undefined && reasoning === undefined && outputAudio === undefined && outputImage === undefined)
    return undefined
  return (output ?? 0) + (reasoning ?? 0) + (outputAudio ?? 0) + (outputImage ?? 0)
}

/** The provider's total where it stated another one, else the sum of what was reported. */
export function totalTokensOf(usage: Usage): number {
  return usage.statedTotal ?? (promptTokensOf(usage) ?? 0) + (completionTokensOf(usage) ?? 0)
}
