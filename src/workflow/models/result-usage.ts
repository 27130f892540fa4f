import type { LanguageModelV3Usage } from '@ai-sdk/provider'
import type { Usage } from '../../metadata/usage.ts'

/** Usage as the AI SDK gives it, in the normal form; undefined when the model reported none. */
export function usageOfResult({ inputTokens, outputTokens }: LanguageModelV3Usage): Usage | undefined {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return undefined
  const { cacheRead, cacheWrite } = inputTokens
  const { reasoning } = outputTokens
  return {
    input: difference(inputTokens.total, (cacheRead ?? 0) + (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite5m: cacheWrite,
    output: difference(outputTokens.total, reasoning ?? 0),
    reasoning,
  }
}

function difference(total: number | undefined, part: number): number | undefined {
  return total === undefined ? undefined : Math.max(0, total - part)
}
