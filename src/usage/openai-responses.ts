import { errorTypeIn } from './error-type.ts'
import { factsOf, mergeFacts } from './facts.ts'
import { providerOfHost } from './hosts.ts'
import { isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import { readOpenaiRequest } from './openai-request.ts'
import { readOpenaiUsage, reportedCostIn } from './openai-usage.ts'
import type { AnswerFacts, StreamMessage, WireFormat } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { hasMembers, pathOf } from './request.ts'

const endTypes: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * OpenAI's Responses: the usage is in the answer, and in the last event of a stream, unasked. Only the POST that makes a
 * response counts: reading it again with GET repeats its usage.
 */
export const openaiResponses: WireFormat = {
  name: 'openai-responses',
  matches: (url) => /\/responses(\/compact)?$/.test(pathOf(url)),
  accepts: (request) => hasMembers(request, 'input') || hasMembers(request, 'prompt'),
  provider: providerOfHost,
  readRequest: (request) => readOpenaiRequest(request),
  readAnswer: readResponse,
  streamFraming: 'sse',
  streamKeys: {
    telling: ['usage', 'error'],
    tellingValues: [...endTypes],
    output: ['delta'],
  },
  readMessage: readEvent,
  isToken: ({ data }) => String(memberOf(data, 'type')).endsWith('.delta') && isFilled(memberOf(data, 'delta')),
}

function readResponse(answer: unknown): AnswerFacts {
  if (!isRecord(answer)) return {}
  return factsOf({
    usage: readOpenaiUsage(answer.usage),
    rawUsage: rawUsageOf(answer.usage),
    model: textOf(answer.model),
    responseId: textOf(answer.id),
    finishReason: textOf(memberOf(answer.incomplete_details, 'reason')) ?? finalStatusOf(answer.status),
    serviceTier: textOf(answer.service_tier),
    errorType: errorTypeIn(answer) ?? (answer.status === 'failed' ? 'failed' : undefined),
    reportedCostUsd: reportedCostIn(answer.usage),
  })
}

function readEvent(facts: AnswerFacts, { data }: StreamMessage): AnswerFacts {
  const response = memberOf(data, 'response')
  if (!isRecord(response)) return mergeFacts(facts, { errorType: errorTypeIn(data) })
  const isEnd = endTypes.has(String(memberOf(data, 'type')))
  return mergeFacts(facts, { ...readResponse(response), isComplete: isEnd ? true : undefined })
}

/** A response that is `queued` or `in_progress` has not finished for any reason. */
function finalStatusOf(status: unknown): string | undefined {
  return status === 'completed' || status === 'incomplete' || status === 'failed' ? status : undefined
}
