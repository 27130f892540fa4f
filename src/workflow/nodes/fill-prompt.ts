import { SygraError } from '../../errors.ts'
import type { PromptContent, PromptMessage, PromptPart } from '../graph/prompt.ts'
import type { State } from '../graph/state.ts'
import { fillTemplate } from '../graph/template.ts'
import type { ChatMessage, ContentPart } from './chat-message.ts'

/** The messages of a prompt with the variables of a record in place. */
export function fillPrompt(prompt: readonly PromptMessage[], state: State): readonly ChatMessage[] {
  return prompt.map(({ role, content }) => {
    if (role === 'tool') {
      throw new SygraError('bad_config', 'a prompt of role "tool" needs a call of the model that it answers')
    }
    return { role, content: fillContent(content, state) }
  })
}

function fillContent(content: PromptContent, state: State): ChatMessage['content'] {
  return typeof content === 'string' ? fillTemplate(content, state) : content.map((part) => fillPart(part, state))
}

function fillPart(part: PromptPart, state: State): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: fillTemplate(part.text, state) }
    case 'image_url':
      return { type: 'image_url', image_url: fillTemplate(urlOf(part.image_url), state) }
    case 'audio_url':
      return { type: 'audio_url', audio_url: fillTemplate(urlOf(part.audio_url), state) }
    default:
      return part satisfies never
  }
}

function urlOf(address: string | { readonly url: string }): string {
  return typeof address === 'string' ? address : address.url
}
