import type { AgentNodeConfig, LlmNodeConfig, MultiLlmNodeConfig } from '../config/node-config.ts'
import { historyKey, type State } from '../graph/state.ts'
import { type ChatMessage, chatKey, chatMessagesOf } from './chat-message.ts'
import { compilePrompt } from './compile-prompt.ts'
import type { NodeParts } from './node-parts.ts'

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

type ChatNodeConfig = LlmNodeConfig | MultiLlmNodeConfig | AgentNodeConfig

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
