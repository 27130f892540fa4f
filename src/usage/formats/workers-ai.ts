import { mergeFacts } from '../answer-facts.ts'
import { isFilled, isRecord, memberOf } from '../json-value.ts'
import { parametersIn } from '../request-facts.ts'
import type { AnswerContext, AnswerFacts, WireFormat } from '../wire-format.ts'
import { readChatFacts } from './openai-chat.ts'

/** Cloudflare's Workers AI, by its API or behind Cloudflare's gateway: usage as OpenAI's, in a `result`. */
export const workersAi: WireFormat = {
  name: 'workers-ai',
  endpoints: [{ path: '/ai/run/{model+}' }, { path: '/workers-ai/{model+}' }],
  hosts: [{ end: 'api.cloudflare.com', provider: 'cloudflare' }],
  isOfItsHostsOnly: true,
  readRequest: ({ body, pathModel }) => ({
    model: pathModel,
    isStream: memberOf(body, 'stream') === true,
    parameters: parametersIn(body),
  }),
  usageMembers: ['usage', 'result'],
  mayAnswerOtherwise: true,
  readAnswer,
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error', 'errors'], output: ['response'] },
  readMessage: (facts, { data, text }, context) => {
    if (text === '[DONE]') return { ...facts, isComplete: true }
    return mergeFacts(facts, readChatFacts(data, context))
  },
  isToken: ({ data }) => isFilled(memberOf(data, 'response')),
}

function readAnswer(answer: unknown, context: AnswerContext = {}): AnswerFacts {
  const result = memberOf(answer, 'result')
  const facts = readChatFacts(isRecord(result) ? result : answer, context)
  return memberOf(answer, 'success') === false ? { ...facts, errorType: facts.errorType ?? 'failed' } : facts
}
