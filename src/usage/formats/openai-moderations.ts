import { mergeFacts } from '../answer-facts.ts'
import { memberOf } from '../json-value.ts'
import { hasMembers } from '../request-facts.ts'
import type { AnswerContext, AnswerFacts, WireFormat } from '../wire-format.ts'
import { readChatFacts, readOpenaiRequest } from './openai-chat.ts'

const rules = { isInputOnly: true }

/** OpenAI's moderation, which is free and counts nothing; Mistral's is neither. */
export const openaiModerations: WireFormat = {
  name: 'openai-moderations',
  operation: 'moderation',
  endpoints: [{ path: '/moderations' }, { path: '/classifications' }, { path: '/chat/classifications' }],
  accepts: (request) => hasMembers(request, 'input'),
  readRequest: (request) => {
    const facts = readOpenaiRequest(request)
    return { ...facts, isStream: false, model: facts.model ?? 'omni-moderation-latest' }
  },
  usageMembers: ['usage'],
  readAnswer,
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], output: [] },
  readMessage: (facts, { data }, context) => mergeFacts(facts, readAnswer(data, context)),
  isToken: () => false,
}

function readAnswer(answer: unknown, context: AnswerContext = {}): AnswerFacts {
  const facts = readChatFacts(answer, context, rules)
  const isRated = facts.usage === undefined && Array.isArray(memberOf(answer, 'results'))
  // Nothing is counted, and nothing is charged.
  return isRated ? { ...facts, usage: { input: 0 } } : facts
}
