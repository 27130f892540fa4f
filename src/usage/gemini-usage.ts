import type { Usage } from '../metadata/usage.ts'
import { countOf, memberOf } from './json-value.ts'
import { normalUsage } from './normal-usage.ts'

/**
 * The `usageMetadata` of Gemini: the prompt includes what was cached, what tools put into it comes on top, and whether the
 * candidates include the thoughts is told by the total alone.
 */
export function readGeminiUsage(usage: unknown): Usage | undefined {
  const prompt = countOf(memberOf(usage, 'promptTokenCount'))
  const toolUse = countOf(memberOf(usage, 'toolUsePromptTokenCount'))
  const promptDetails = memberOf(usage, 'promptTokensDetails')
  const cacheDetails = memberOf(usage, 'cacheTokensDetails')
  return normalUsage({
    input: prompt === undefined ? toolUse : prompt + (toolUse ?? 0),
    cacheRead: countOf(memberOf(usage, 'cachedContentTokenCount')),
    inputAudio: freshTokens('AUDIO', promptDetails, cacheDetails),
    inputImage: freshTokens('IMAGE', promptDetails, cacheDetails),
    output: countOf(memberOf(usage, 'candidatesTokenCount')) ?? countOf(memberOf(usage, 'responseTokenCount')),
    reasoning: countOf(memberOf(usage, 'thoughtsTokenCount')),
    outputAudio: tokensOf('AUDIO', memberOf(usage, 'candidatesTokensDetails')),
    total: countOf(memberOf(usage, 'totalTokenCount')),
    isReasoningExtra: true,
  })
}

/** Tokens of a modality that did not come from the cache, where they are counted once already. */
function freshTokens(modality: string, promptDetails: unknown, cacheDetails: unknown): number | undefined {
  const tokens = tokensOf(modality, promptDetails)
  return tokens === undefined ? undefined : Math.max(0, tokens - (tokensOf(modality, cacheDetails) ?? 0))
}

function tokensOf(modality: string, details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined
  for (const detail of details) {
    if (memberOf(detail, 'modality') === modality) return countOf(memberOf(detail, 'tokenCount'))
  }
  return undefined
}
