import { memberOf, textOf } from '../json-value.ts'
import type { DeferredResult, WireFormat } from '../wire-format.ts'
import { foldChatMessage, openaiChat, readChatFacts } from './openai-chat.ts'
import { readLater } from './read-later.ts'

const rules = { isReasoningExtra: true }

/**
 * xAI's chat completions: OpenAI's, but that completion tokens leave the reasoning out and usage states the cost. One that is
 * asked for with `deferred` is answered with an id, and later by a GET: docs.x.ai, deferred chat completions, read 2026-11-29.
 */
export const xai: WireFormat = {
  ...openaiChat,
  name: 'xai',
  hosts: [{ end: 'api.x.ai', provider: 'x-ai' }],
  isOfItsHostsOnly: true,
  endpoints: [
    ...openaiChat.endpoints,
    { path: '/chat/deferred-completion/{}', method: 'GET', role: 'deferred-result' },
  ],
  readAnswer: (answer, context) => {
    const id = memberOf(answer, 'choices') === undefined ? textOf(memberOf(answer, 'request_id')) : undefined
    return id === undefined ? readChatFacts(answer, context, rules) : { responseId: id, isDeferred: true }
  },
  readResult,
  readMessage: (facts, message, context) => foldChatMessage(facts, message, context, rules),
}

function readResult(answer: unknown): DeferredResult | undefined {
  const facts = readLater(xai, answer)
  const { responseId } = facts
  return responseId === undefined || facts.usage === undefined ? undefined : { answers: [{ id: responseId, facts }] }
}
