import { mergeFacts } from '../answer-facts.ts'
import { hasMembers } from '../request-facts.ts'
import type { WireFormat } from '../wire-format.ts'
import { readChatFacts, readOpenaiRequest } from './openai-chat.ts'

const rules = { isInputOnly: true }

/**
 * OpenAI's embeddings, and those of Voyage, Jina and others who state a total alone: input tokens only, never a stream.
 */
export const openaiEmbeddings: WireFormat = {
  name: 'openai-embeddings',
  operation: 'embeddings',
  endpoints: ['embeddings', 'multimodalembeddings', 'contextualizedembeddings'].map((name) => ({ path: `/${name}` })),
  hosts: [
    { end: 'api.voyageai.com', provider: 'voyageai' },
    { end: 'api.jina.ai', provider: 'jina' },
  ],
  accepts: (request) => hasMembers(request, 'input') || hasMembers(request, 'inputs'),
  readRequest: (request) => ({ ...readOpenaiRequest(request), isStream: false }),
  usageMembers: ['usage'],
  readAnswer: (answer, context) => readChatFacts(answer, context, rules),
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], output: ['embedding'] },
  readMessage: (facts, { data }, context) => mergeFacts(facts, readChatFacts(data, context, rules)),
  isToken: () => false,
}
