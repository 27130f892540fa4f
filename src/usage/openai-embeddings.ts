import { mergeFacts } from './facts.ts'
import { providerOfHost } from './hosts.ts'
import { readChatFacts } from './openai-chat.ts'
import { readOpenaiRequest } from './openai-request.ts'
import type { WireFormat } from './parser.ts'
import { hasMembers, pathOf } from './request.ts'

/** OpenAI's embeddings: input tokens only, never a stream. */
export const openaiEmbeddings: WireFormat = {
  name: 'openai-embeddings',
  matches: (url) => pathOf(url).endsWith('/embeddings'),
  accepts: (request) => hasMembers(request, 'input'),
  provider: providerOfHost,
  readRequest: (request) => ({ ...readOpenaiRequest(request), isStream: false }),
  readAnswer: (answer) => readChatFacts(answer),
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], output: ['embedding'] },
  readMessage: (facts, { data }) => mergeFacts(facts, readChatFacts(data)),
  isToken: () => false,
}
