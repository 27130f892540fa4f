import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { SygraError } from '../../errors.ts'
import { type ChatMessage, type ContentPart, textOf } from './chat-message.ts'

type Prompt = LanguageModelV3CallOptions['prompt']
type UserContent = Extract<Prompt[number], { role: 'user' }>['content']

/** A chat as the AI SDK takes it; images and sounds must be data URLs or web addresses. */
export function modelPromptOf(messages: readonly ChatMessage[]): Prompt {
  return messages.map((message): Prompt[number] => {
    switch (message.role) {
      case 'system':
        return { role: 'system', content: textOf(message) }
      case 'assistant':
        return { role: 'assistant', content: [{ type: 'text', text: textOf(message) }] }
      case 'user':
        return { role: 'user', content: userContentOf(message) }
      default:
        return message.role satisfies never
    }
  })
}

function userContentOf({ content }: ChatMessage): UserContent {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map(partOf)
}

function partOf(part: ContentPart): UserContent[number] {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image_url':
      return filePartOf(urlOf(part.image_url), 'image/*')
    case 'audio_url':
      return filePartOf(urlOf(part.audio_url), 'audio/*')
    default:
      return part satisfies never
  }
}

function urlOf(url: string | { readonly url: string }): string {
  return typeof url === 'string' ? url : url.url
}

function filePartOf(url: string, fallbackType: string): UserContent[number] {
  const data = /^data:([^;,]+)(?:;[^;,]+)*;base64,(.*)$/s.exec(url)
  if (data?.[1] !== undefined && data[2] !== undefined) return { type: 'file', mediaType: data[1], data: data[2] }
  if (/^https?:/.test(url)) return { type: 'file', mediaType: fallbackType, data: new URL(url) }
  throw new SygraError('bad_data', 'an image or a sound must be a data URL (data:image/png;base64,…) or a web address')
}
