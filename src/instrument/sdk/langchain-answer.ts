import type { Usage } from '../../metadata/usage.ts'
import { countOf, firstOf, memberOf, textOf } from '../../usage/json-value.ts'
import { normalUsage } from '../../usage/normal-usage.ts'
import type { LayerAnswer } from '../attempt/unseen-request.ts'
import { langchainUsageOf } from './sdk-usage.ts'

/** What LangChain tells at the end of a call to a model. */
export function readLangchainAnswer(output: unknown): LayerAnswer {
  const message = memberOf(firstOf(firstOf(memberOf(output, 'generations'))), 'message')
  const response = memberOf(message, 'response_metadata')
  const counts = memberOf(memberOf(output, 'llmOutput'), 'tokenUsage')
  return {
    status: 200,
    usage: langchainUsageOf(memberOf(message, 'usage_metadata')) ?? usageOfCounts(counts),
    upstreamModel: textOf(memberOf(response, 'model_name')) ?? textOf(memberOf(response, 'model')),
    responseId: responseIdOf(memberOf(message, 'id')) ?? responseIdOf(memberOf(response, 'id')),
    finishReason: textOf(memberOf(response, 'finish_reason')) ?? textOf(memberOf(response, 'stop_reason')),
  }
}

/** An id that LangChain made up, as it does for streams, says nothing of the answer. */
function responseIdOf(id: unknown): string | undefined {
  const text = textOf(id)
  return text === undefined || /^(run-|lc_)/.test(text) ? undefined : text
}

/** The counts of models that give no message. */
function usageOfCounts(counts: unknown): Usage | undefined {
  return normalUsage({
    input: countOf(memberOf(counts, 'promptTokens')),
    output: countOf(memberOf(counts, 'completionTokens')),
    total: countOf(memberOf(counts, 'totalTokens')),
  })
}
