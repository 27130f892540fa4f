import { foldChatMessage, openaiChat, readChatFacts } from './openai-chat.ts'
import type { OpenaiUsageRules } from './openai-usage.ts'
import type { WireFormat } from './parser.ts'

const rules: OpenaiUsageRules = { isReasoningExtra: true }

/** xAI's chat completions: OpenAI's, but that completion tokens leave the reasoning out and usage states the cost. */
export const xai: WireFormat = {
  ...openaiChat,
  name: 'xai',
  matches: (url) => url.hostname.endsWith('api.x.ai') && openaiChat.matches(url),
  provider: () => 'x-ai',
  readAnswer: (answer) => readChatFacts(answer, rules),
  readMessage: (facts, message) => foldChatMessage(facts, message, rules),
}
