import { type AnswerFacts, readAiSdkUsage, readAnswerObject } from '../../usage/index.ts'
import { isRecord, memberOf, textOf } from '../../usage/json-value.ts'
import { langchainUsageOf } from '../sdk/sdk-usage.ts'

/** What a tracked function gave, as far as its shape tells. */
export interface ReturnedAnswer {
  /** A status the value states: `[response, 200]`, or a member named so. */
  readonly status?: number
  readonly facts: AnswerFacts
}

// Where functions put the answer of a model when they give more than that.
const holders = ['response', 'data', 'body', 'raw', 'rawResponse', 'raw_response', 'llm_response', 'llmResponse']
const statusNames = ['status', 'statusCode', 'status_code', 'responseCode', 'response_code']

/** Reads the answer of a model in what a function gave: the answer itself, a pair with its status, or an object that holds it. */
export function readReturnedAnswer(value: unknown): ReturnedAnswer {
  const isPair = Array.isArray(value) && value.length === 2 && isStatus(value[1])
  const answer: unknown = isPair ? value[0] : value
  const status = isPair ? Number(value[1]) : statusNames.map((name) => memberOf(answer, name)).find(isStatus)
  for (const candidate of [answer, ...holders.map((name) => memberOf(answer, name))]) {
    const facts = readFacts(candidate)
    if (facts.usage !== undefined) return { status, facts }
  }
  return { status, facts: readFacts(answer) }
}

function readFacts(value: unknown): AnswerFacts {
  const facts = readAnswerObject(value)
  if (!isRecord(value) || facts.usage !== undefined) return facts
  const usage = langchainUsageOf(value.usage_metadata) ?? readAiSdkUsage(value.usage)
  return usage === undefined ? facts : { ...facts, usage, ...namesIn(value) }
}

/** The names that LangChain's messages and the AI SDK's results carry beside their usage. */
function namesIn(value: Record<string, unknown>): AnswerFacts {
  const response = value.response_metadata ?? value.response
  const names = {
    model: textOf(memberOf(response, 'model_name')) ?? textOf(memberOf(response, 'modelId')),
    responseId: textOf(memberOf(response, 'id')) ?? textOf(value.id),
    finishReason:
      textOf(memberOf(response, 'finish_reason')) ??
      textOf(value.finishReason) ??
      textOf(memberOf(value.finishReason, 'unified')),
  }
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined))
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 999
}
