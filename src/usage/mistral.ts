import { memberOf } from './json-value.ts'
import { openaiChat } from './openai-chat.ts'
import { readOpenaiRequest } from './openai-request.ts'
import type { WireFormat } from './parser.ts'
import { modelIn, pathOf } from './request.ts'

/** Mistral's chat, fill-in-the-middle and agents: OpenAI's answers, but that a stream carries its usage unasked. */
export const mistral: WireFormat = {
  ...openaiChat,
  name: 'mistral',
  matches: (url) => url.hostname === 'api.mistral.ai' && /\/(chat|fim|agents)\/completions$/.test(pathOf(url)),
  provider: () => 'mistral',
  readRequest: (request) => {
    const agent = memberOf(request.body, 'agent_id')
    const model = modelIn(request.body) ?? (typeof agent === 'string' ? agent : undefined)
    return { ...readOpenaiRequest(request), model }
  },
}
