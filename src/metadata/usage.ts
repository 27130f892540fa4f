/** Classes of input tokens. They are disjoint: an audio token read from a cache is counted once. */
export const inputClasses = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'inputAudio', 'inputImage'] as const

/** Classes of output tokens, disjoint: `output` is text without the reasoning. */
export const outputClasses = ['output', 'reasoning', 'outputAudio'] as const

export const tokenClasses = [...inputClasses, ...outputClasses] as const

export type TokenClass = (typeof tokenClasses)[number]

/**
 * Tokens of one response in the normal form every wire format is read into. A class left out was not reported, which is
 * not zero. The classes of input add up to the prompt tokens, those of output to the completion tokens.
 */
export interface Usage extends TokenCounts {
  /** The provider's own total, kept only where it differs from the sum of the classes. */
  readonly statedTotal?: number
}

export type TokenCounts = { readonly [C in TokenClass]?: number }

/** All input tokens, cached ones included; undefined when no class of input was reported. */
export function promptTokensOf(usage: TokenCounts): number | undefined {
  return sumOf(usage, inputClasses)
}

/** All output tokens, reasoning included; undefined when no class of output was reported. */
export function completionTokensOf(usage: TokenCounts): number | undefined {
  return sumOf(usage, outputClasses)
}

/** The provider's total where it stated another one, else the sum of what was reported. */
export function totalTokensOf(usage: Usage): number {
  return usage.statedTotal ?? (promptTokensOf(usage) ?? 0) + (completionTokensOf(usage) ?? 0)
}

function sumOf(usage: TokenCounts, classes: readonly TokenClass[]): number | undefined {
  let sum: number | undefined
  for (const tokenClass of classes) {
    const tokens = usage[tokenClass]
    if (tokens !== undefined) sum = (sum ?? 0) + tokens
  }
  return sum
}
