import { SygraError } from '../../../errors.ts'
import { historyKey, type State } from '../../graph/state.ts'
import type { NodeParts } from '../node-kind.ts'
import type { ChatNodeConfig } from './chat-config.ts'
import { type ChatMessage, type ContentPart, chatKey, chatMessagesOf } from './chat-message.ts'
import { type Prompt, type PromptContent, type PromptPart, promptMessagesOf } from './prompt.ts'
import { fillTemplate, parseTemplate } from './template.ts'

/** What a node asks a model. */
export interface Question {
  readonly messages: readonly ChatMessage[]
  /** The node's own part of it without the instructions: what the history keeps. */
  readonly asked: readonly ChatMessage[]
}

export interface ChatPrompt {
  readonly questionFor: (state: State) => Question
  /** What a node with a history adds to the state besides its output. */
  readonly historyOf: (question: Question, answer: string) => State
}

const defaultWindowTurns = 5

/**
 * The messages that a node sends: its instructions, the last turns of the history where it has one, the rest of its prompt,
 * the chat of the record.
 *
 * @param injected instructions that are added at a turn of the chat, by its number.
 */
export function createChatPrompt(
  config: ChatNodeConfig,
  { where, graphProperties = {} }: Pick<NodeParts, 'where' | 'graphProperties'>,
  injected: ReadonlyMap<number, string> = new Map(),
): ChatPrompt {
  const fill = compilePrompt(config.prompt, where)
  const hasHistory = config.chat_history ?? graphProperties.chat_conversation === 'multiturn'
  const window = graphProperties.chat_history_window_size ?? defaultWindowTurns
  // The history holds what was answered already, so the chat would say it twice; a chat that is named is wanted.
  const chatOf = config.input_key ?? (hasHistory ? undefined : chatKey)
  return {
    questionFor(state) {
      const prompt = fill(state)
      const chat = chatOf === undefined ? [] : chatMessagesOf(state[chatOf])
      const history = hasHistory ? turnsOf(state[historyKey]) : []
      const shown = window === 0 ? [] : history.slice(-window).flat()
      const begin = prompt.findIndex(({ role }) => role !== 'system')
      const instructions = begin < 0 ? prompt : prompt.slice(0, begin)
      const asked = begin < 0 ? [] : prompt.slice(begin)
      const turn = [...history.flat(), ...chat].filter(({ role }) => role === 'assistant').length + 1
      const text = injected.get(turn)
      const added: readonly ChatMessage[] = text === undefined ? [] : [{ role: 'system', content: text }]
      return { messages: [...instructions, ...added, ...shown, ...asked, ...chat], asked }
    },
    historyOf({ asked }, answer) {
      return hasHistory ? { [historyKey]: [[...asked, { role: 'assistant', content: answer }]] } : {}
    },
  }
}

function turnsOf(value: unknown): readonly (readonly ChatMessage[])[] {
  return Array.isArray(value) ? value.map(chatMessagesOf) : []
}

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
