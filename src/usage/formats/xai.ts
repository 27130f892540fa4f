import type { WireFormat } from '../wire-format.ts'
import { foldChatMessage, openaiChat, readChatFacts } from './openai-chat.ts'

const rules = { isReasoningExtra: true }

/** xAI's chat completions: OpenAI's, but that completion tokens leave the reasoning out and usage states the cost. */
export const xai: WireFormat = {
  ...openaiChat,
  name: 'xai',
  hosts: [{ end: 'api.x.ai', provider: 'x-ai' }],
  isOfItsHostsOnly: true,
  readAnswer: (answer, context) => readChatFacts(answer, context, rules),
  readMessage: (facts, message, context) => foldChatMessage(facts, message, context, rules),
}
