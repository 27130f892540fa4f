import type { Usage } from '../../metadata/usage.ts'
import { createCountReader } from '../../usage/count-table.ts'
import { normalUsage } from '../../usage/normal-usage.ts'

const readLangchainCounts = createCountReader(
  {
    input: ['input_tokens'],
    cacheRead: ['input_token_details.cache_read'],
    cacheWrite5m: ['input_token_details.cache_creation'],
    inputAudio: ['input_token_details.audio'],
    inputImage: ['input_token_details.image'],
    inputVideo: ['input_token_details.video'],
    output: ['output_tokens'],
    reasoning: ['output_token_details.reasoning'],
    outputAudio: ['output_token_details.audio'],
    outputImage: ['output_token_details.image'],
    total: ['total_tokens'],
  },
  {
    harmless: {
      asOf: '2026-11-28',
      // Parts of the counts above that are charged as text.
      paths: ['input_token_details.*', 'output_token_details.*'],
    },
  },
)

/** LangChain's `usage_metadata` in the normal form. */
export function langchainUsageOf(usage: unknown): Usage | undefined {
  const { of, doubts } = readLangchainCounts(usage)
  return Object.keys(of).length === 0 ? undefined : normalUsage({ ...of, doubts })
}
