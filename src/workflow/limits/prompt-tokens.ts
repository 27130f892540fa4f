import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { type CountedChat, chatTokensOf } from '../../tokens/chat-tokens.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'

type Prompt = LanguageModelV3CallOptions['prompt']
type Message = CountedChat['messages'][number]
type Part = Exclude<Prompt[number]['content'], string>[number]

/** What a model is sent, as far as it is counted. */
export type CountedCall = Pick<LanguageModelV3CallOptions, 'prompt' | 'tools' | 'responseFormat'>

// Encoded sound of one token is about a tenth of a second: a thousand characters at the usual rates.
const charactersPerFileToken = 1_000

/** Tokens of what a model is sent: exact for plain text on OpenAI's models, an estimate for others and for files. */
export function promptTokensOf({ prompt, tools, responseFormat }: CountedCall, tokenizer: Tokenizer): number {
  const schema = responseFormat?.type === 'json' ? responseFormat.schema : undefined
  const chat: CountedChat = {
    messages: prompt.map(messageOf),
    tools: tools?.flatMap((tool) =>
      tool.type !== 'function'
        ? []
        : [
            {
              type: 'function',
              function: { name: tool.name, description: tool.description, parameters: { ...tool.inputSchema } },
            },
          ],
    ),
    response_format: schema === undefined ? undefined : { type: 'json_schema', json_schema: { schema } },
  }
  return chatTokensOf(chat, tokenizer) + fileTokensOf(prompt)
}

function messageOf({ role, content }: Prompt[number]): Message {
  if (typeof content === 'string') return { role, content }
  return { role, content: content.map(partOf) }
}

function partOf(part: Part): Exclude<Message['content'], string | null | undefined>[number] {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { type: 'text', text: part.text }
    case 'file':
      return part.mediaType.startsWith('image/') ? { type: 'image_url', image_url: {} } : { type: 'file' }
    case 'tool-call':
      return { type: 'text', text: `${part.toolName} ${JSON.stringify(part.input)}` }
    case 'tool-result':
      return { type: 'text', text: `${part.toolName} ${JSON.stringify(part.output)}` }
    case 'tool-approval-response':
      return { type: 'text', text: '' }
    default:
      return part satisfies never
  }
}

function fileTokensOf(prompt: Prompt): number {
  let characters = 0
  for (const { content } of prompt) {
    if (typeof content === 'string') continue
    for (const part of content) {
      if (part.type !== 'file' || part.mediaType.startsWith('image/') || part.data instanceof URL) continue
      characters += part.data.length
    }
  }
  return Math.ceil(characters / charactersPerFileToken)
}
