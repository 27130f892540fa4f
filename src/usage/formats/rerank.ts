import { mergeFacts } from '../answer-facts.ts'
import { memberOf } from '../json-value.ts'
import { hasMembers } from '../request-facts.ts'
import type { AnswerContext, AnswerFacts, WireFormat } from '../wire-format.ts'
import { readCohereFacts } from './cohere.ts'
import { readChatFacts, readOpenaiRequest } from './openai-chat.ts'

const rules = { isInputOnly: true }

/**
 * Sorting documents by a query, at Voyage, Jina, Together, on vLLM and behind gateways: some count tokens as OpenAI's
 * embeddings do, others units as Cohere does.
 */
export const rerank: WireFormat = {
  name: 'rerank',
  operation: 'rerank',
  endpoints: [{ path: '/rerank' }],
  accepts: (request) => hasMembers(request, 'query', 'documents') || hasMembers(request, 'query', 'texts'),
  readRequest: (request) => ({ ...readOpenaiRequest(request), isStream: false }),
  usageMembers: ['usage', 'meta', 'billed_units'],
  readAnswer,
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], output: [] },
  readMessage: (facts, { data }, context) => mergeFacts(facts, readAnswer(data, context)),
  isToken: () => false,
}

function readAnswer(answer: unknown, context: AnswerContext = {}): AnswerFacts {
  const isOfUnits = memberOf(memberOf(answer, 'meta'), 'billed_units') !== undefined
  return isOfUnits ? readCohereFacts(answer) : readChatFacts(answer, context, rules)
}
