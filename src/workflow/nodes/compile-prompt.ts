import { SygraError } from '../../errors.ts'
import { type Prompt, type PromptContent, type PromptPart, promptMessagesOf } from '../config/prompt.ts'
import { fillTemplate, parseTemplate } from '../config/template.ts'
import type { State } from '../graph/state.ts'
import type { ChatMessage, ContentPart } from './chat-message.ts'

/** Puts the variables of a record into the messages of a prompt. */
export type FillPrompt = (state: Readonly<State>) => readonly ChatMessage[]

/**
 * Takes the templates of a prompt apart, once for all records.
 *
 * @throws SygraError `bad_config` for a message of the role "tool": there is no call that it could answer.
 */
export function compilePrompt(prompt: Prompt, where: string): FillPrompt {
  const messages = promptMessagesOf(prompt).map(({ role, content }) => {
    if (role === 'tool') {
      throw new SygraError('bad_config', `${where}: a prompt of role "tool" needs a call of the model that it answers`)
    }
    return { role, fill: compileContent(content) }
  })
  return (state) => messages.map(({ role, fill }) => ({ role, content: fill(state) }))
}

function compileContent(content: PromptContent): (state: Readonly<State>) => ChatMessage['content'] {
  if (typeof content === 'string') return compileText(content)
  const parts = content.map(compilePart)
  return (state) => parts.map((fill) => fill(state))
}

function compilePart(part: PromptPart): (state: Readonly<State>) => ContentPart {
  switch (part.type) {
    case 'text': {
      const fill = compileText(part.text)
      return (state) => ({ type: 'text', text: fill(state) })
    }
    case 'image_url': {
      const fill = compileText(urlOf(part.image_url))
      return (state) => ({ type: 'image_url', image_url: fill(state) })
    }
    case 'audio_url': {
      const fill = compileText(urlOf(part.audio_url))
      return (state) => ({ type: 'audio_url', audio_url: fill(state) })
    }
    default:
      return part satisfies never
  }
}

function compileText(text: string): (state: Readonly<State>) => string {
  const template = parseTemplate(text)
  return (state) => fillTemplate(template, state)
}

function urlOf(address: string | { readonly url: string }): string {
  return typeof address === 'string' ? address : address.url
}
