import { memberOf, textOf } from '../json-value.ts'
import { modelIn } from '../request-facts.ts'
import type { RequestFacts, RequestInHand, WireFormat } from '../wire-format.ts'
import { openaiChat, readOpenaiRequest } from './openai-chat.ts'

/** Mistral's chat, fill-in-the-middle and agents: OpenAI's answers, but that a stream carries its usage unasked. */
export const mistral: WireFormat = {
  ...openaiChat,
  name: 'mistral',
  endpoints: [{ path: '/chat/completions' }, { path: '/fim/completions' }, { path: '/agents/completions' }],
  hosts: [{ end: 'api.mistral.ai', provider: 'mistral' }],
  isOfItsHostsOnly: true,
  readRequest: readMistralRequest,
}

function readMistralRequest(request: RequestInHand): RequestFacts {
  return {
    ...readOpenaiRequest(request),
    model: modelIn(request.body) ?? textOf(memberOf(request.body, 'agent_id')),
  }
}
