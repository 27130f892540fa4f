import { providerOfHost } from './hosts.ts'
import { firstOf, isFilled, memberOf } from './json-value.ts'
import { foldChatMessage, readChatFacts } from './openai-chat.ts'
import { readRequestWithSwitch } from './openai-request.ts'
import type { WireFormat } from './parser.ts'
import { hasMembers, pathOf } from './request.ts'

/** OpenAI's legacy completions, as vLLM and others still serve them: the usage and its stream are those of chat. */
export const openaiCompletions: WireFormat = {
  name: 'openai-completions',
  matches: (url) => {
    const path = pathOf(url)
    return path.endsWith('/completions') && !path.endsWith('/chat/completions')
  },
  accepts: (request) => hasMembers(request, 'prompt'),
  provider: providerOfHost,
  readRequest: readRequestWithSwitch,
  readAnswer: (answer) => readChatFacts(answer),
  streamFraming: 'sse',
  streamKeys: { telling: ['finish_reason', 'error', 'timings'], running: 'usage', output: ['text'] },
  readMessage: (facts, message) => foldChatMessage(facts, message),
  isToken: ({ data }) => isFilled(memberOf(firstOf(memberOf(data, 'choices')), 'text')),
}
