import type { Usage } from '../metadata/usage.ts'

/** Token counts as people state them: totals, and what is inside them. */
export interface SimpleUsage {
  /** All input, cached and written tokens, audio, images and video included. */
  readonly promptTokens?: number
  /** All output, reasoning, audio and images included. */
  readonly completionTokens?: number
  readonly totalTokens?: number
  /** Input read from a cache. */
  readonly cachedPromptTokens?: number
  /** Input written to a cache: for 5 minutes, but for what `cacheWrite1hTokens` says of it. */
  readonly cacheWriteTokens?: number
  readonly cacheWrite5mTokens?: number
  readonly cacheWrite1hTokens?: number
  readonly reasoningTokens?: number
  readonly audioPromptTokens?: number
  readonly audioCompletionTokens?: number
  readonly imagePromptTokens?: number
  readonly videoPromptTokens?: number
  readonly imageCompletionTokens?: number
}

/**
 * Brings token counts to the normal form, disjoint classes. Parts that are more than their total cannot be inside it, so
 * they are taken to come on top, as some providers report them.
 */
export function normalUsageOf(usage: Usage | SimpleUsage): Usage {
  if (!isSimple(usage)) return usage
  const write1h = usage.cacheWrite1hTokens
  const written =
    usage.cacheWriteTokens === undefined ? undefined : Math.max(0, usage.cacheWriteTokens - (write1h ?? 0))
  const inside = {
    cacheRead: usage.cachedPromptTokens,
    cacheWrite5m: usage.cacheWrite5mTokens ?? written,
    cacheWrite1h: write1h,
    inputAudio: usage.audioPromptTokens,
    inputImage: usage.imagePromptTokens,
    inputVideo: usage.videoPromptTokens,
  }
  const { reasoningTokens: reasoning, audioCompletionTokens: outputAudio, imageCompletionTokens: outputImage } = usage
  return {
    input: restOf(usage.promptTokens ?? differenceOf(usage.totalTokens, usage.completionTokens), Object.values(inside)),
    ...inside,
    output: restOf(usage.completionTokens, [reasoning, outputAudio, outputImage]),
    reasoning,
    outputAudio,
    outputImage,
  }
}

function isSimple(usage: Usage | SimpleUsage): usage is SimpleUsage {
  return 'promptTokens' in usage || 'completionTokens' in usage || 'totalTokens' in usage
}

function restOf(total: number | undefined, parts: readonly (number | undefined)[]): number | undefined {
  if (total === undefined) return undefined
  let rest = total
  for (const part of parts) rest -= part ?? 0
  return rest < 0 ? total : rest
}

function differenceOf(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined ? undefined : Math.max(0, total - part)
}
