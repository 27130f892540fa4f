import type { Usage } from '../../metadata/usage.ts'
import { countOf, firstCountOf, memberOf } from '../../usage/json-value.ts'
import { normalUsage } from '../../usage/normal-usage.ts'

/**
 * The usage that the AI SDK gives, of its models (`inputTokens: { total, cacheRead, … }`) and of its results
 * (`inputTokens` with `inputTokenDetails`), in the normal form; undefined when it has no counts.
 */
export function aiSdkUsageOf(usage: unknown): Usage | undefined {
  const [input, output] = [memberOf(usage, 'inputTokens'), memberOf(usage, 'outputTokens')]
  const inputDetails = memberOf(usage, 'inputTokenDetails')
  const outputDetails = memberOf(usage, 'outputTokenDetails')
  return normalUsage({
    input: firstCountOf(input, memberOf(input, 'total')),
    cacheRead: firstCountOf(
      memberOf(input, 'cacheRead'),
      memberOf(inputDetails, 'cacheReadTokens'),
      memberOf(usage, 'cachedInputTokens'),
    ),
    cacheWrite5m: firstCountOf(memberOf(input, 'cacheWrite'), memberOf(inputDetails, 'cacheWriteTokens')),
    output: firstCountOf(output, memberOf(output, 'total')),
    reasoning: firstCountOf(
      memberOf(output, 'reasoning'),
      memberOf(outputDetails, 'reasoningTokens'),
      memberOf(usage, 'reasoningTokens'),
    ),
    total: countOf(memberOf(usage, 'totalTokens')),
  })
}

/** LangChain's `usage_metadata` in the normal form. */
export function langchainUsageOf(usage: unknown): Usage | undefined {
  const input = memberOf(usage, 'input_token_details')
  const output = memberOf(usage, 'output_token_details')
  return normalUsage({
    input: countOf(memberOf(usage, 'input_tokens')),
    cacheRead: countOf(memberOf(input, 'cache_read')),
    cacheWrite5m: countOf(memberOf(input, 'cache_creation')),
    inputAudio: countOf(memberOf(input, 'audio')),
    output: countOf(memberOf(usage, 'output_tokens')),
    reasoning: countOf(memberOf(output, 'reasoning')),
    outputAudio: countOf(memberOf(output, 'audio')),
    total: countOf(memberOf(usage, 'total_tokens')),
  })
}
