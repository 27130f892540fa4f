import { SygraError } from '../../../errors.ts'
import { historyKey, type State } from '../../graph/state.ts'
import { mediaAddressesOf, urlOf } from '../../media/media-address.ts'
import type { MediaKind } from '../../media/media-type.ts'
import type { NodeParts } from '../node-kind.ts'
import type { ChatNodeConfig } from './chat-config.ts'
import { type ChatMessage, type ContentPart, chatKey, chatMessagesOf, textOf } from './chat-message.ts'
import { type Prompt, type PromptContent, type PromptPart, promptMessagesOf } from './prompt.ts'
import { fillTemplate, parseTemplate, variableIn } from './template.ts'

/** What a node asks a model. */
export interface Question {
  readonly messages: readonly ChatMessage[]
  /** The node's own part of it, without the history: what the history keeps. */
  readonly asked: readonly ChatMessage[]
}

export interface ChatPrompt {
  readonly questionFor: (state: State) => Question
  /** What a node writes to the state, with its turn in the history where it keeps one. */
  readonly withHistory: (update: State, turn: { readonly question: Question; readonly answer: string }) => State
}

const defaultWindowTurns = 5

/** What an agent is told beyond its prompt. */
export interface AgentInstructions {
  /** Instructions that are added at an exchange of the chat, by its number. */
  readonly injected: ReadonlyMap<number, string>
  /** The state key of its instruction where its prompt has none. */
  readonly promptKey: string
}

/**
 * The messages that a node sends: its instructions, the last turns of the history where it has one, the rest of its prompt,
 * the chat of the record. In a conversation of one turn the history is told as one text, in which each answer has the name
 * of its node: several nodes may have spoken.
 */
export function createChatPrompt(
  config: ChatNodeConfig,
  { name, where, graphProperties = {} }: Pick<NodeParts, 'name' | 'where' | 'graphProperties'>,
  agent?: AgentInstructions,
): ChatPrompt {
  const fill = compilePrompt(config.prompt, where)
  const hasHistory = config.chat_history ?? graphProperties.chat_conversation === 'multiturn'
  const window = graphProperties.chat_history_window_size ?? defaultWindowTurns
  // The history holds what was answered already, so the chat would say it twice; a chat that is named is wanted.
  const chatOf = config.input_key ?? (hasHistory ? undefined : chatKey)
  const isTranscript = graphProperties.chat_conversation === 'singleturn'
  return {
    questionFor(state) {
      const prompt = withOwnInstruction(fill(state), agent === undefined ? undefined : state[agent.promptKey])
      const chat = chatOf === undefined ? [] : chatMessagesOf(state[chatOf])
      const history = hasHistory ? turnsOf(state[historyKey]) : []
      const shown = window === 0 ? [] : history.slice(-window)
      const begin = prompt.findIndex(({ role }) => role !== 'system')
      const instructions = begin < 0 ? prompt : prompt.slice(0, begin)
      const rest = begin < 0 ? [] : prompt.slice(begin)
      // An exchange is two turns: one of each side.
      const answered = history.length + chat.filter(({ role }) => role === 'assistant').length
      const text = agent?.injected.get(Math.floor(answered / 2))
      const added: readonly ChatMessage[] = text === undefined ? [] : [{ role: 'system', content: text }]
      const before =
        isTranscript && shown.length > 0 ? transcriptOf(name, history[0], shown) : shown.flatMap(messagesOfTurn)
      return { messages: [...instructions, ...added, ...before, ...rest, ...chat], asked: prompt }
    },
    withHistory(update, { question: { asked }, answer }) {
      if (!hasHistory) return update
      const given: unknown = update[historyKey]
      const turn: Turn = { name, request: asked, response: answer }
      return { ...update, [historyKey]: [...(Array.isArray(given) ? given : []), turn] }
    },
  }
}

/** What a node was asked and answered, as the Python system keeps it; the request does not repeat the history. */
interface Turn {
  readonly name: string
  readonly request: readonly ChatMessage[]
  readonly response: string
}

/** The turns of a history. One that a record brought may be a list of messages: a turn begins where the user speaks. */
function turnsOf(value: unknown): readonly Turn[] {
  if (!Array.isArray(value)) return []
  const turns: Turn[] = []
  for (const entry of value) {
    const [message] = chatMessagesOf([entry])
    const last = turns.at(-1)
    if (message === undefined) turns.push(...turnIn(entry))
    else if (message.role === 'assistant' && last?.response === '')
      turns.splice(-1, 1, { ...last, response: textOf(message) })
    else if (message.role === 'assistant') turns.push({ name: '', request: [], response: textOf(message) })
    else turns.push({ name: '', request: [message], response: '' })
  }
  return turns
}

function turnIn(entry: unknown): readonly Turn[] {
  if (typeof entry !== 'object' || entry === null || !('response' in entry)) return []
  const { name, request, response }: { name?: unknown; request?: unknown; response: unknown } = entry
  return [{ name: String(name ?? ''), request: chatMessagesOf(request), response: String(response ?? '') }]
}

function messagesOfTurn({ request, response }: Turn): readonly ChatMessage[] {
  const asked = request.filter(({ role }) => role !== 'system')
  return response === '' ? asked : [...asked, { role: 'assistant', content: response }]
}

/** What was said as one text, begun by what the first node was asked. */
function transcriptOf(name: string, first: Turn | undefined, turns: readonly Turn[]): readonly ChatMessage[] {
  const lines = turns.map((turn) => `${turn.name || 'user'}: ${turn.response}`)
  const asked = first?.request.find(({ role }) => role === 'user')
  const opening = asked === undefined ? [] : [`opening: ${textOf(asked)}`]
  const text = ['The conversation so far:', ...opening, ...lines, '', `You are ${name}. Give its next answer only.`]
  return [{ role: 'user', content: text.join('\n') }]
}

/** A prompt without instructions gets the one that the state has for it. */
function withOwnInstruction(prompt: readonly ChatMessage[], instruction: unknown): readonly ChatMessage[] {
  const hasOwn = prompt.some(({ role }) => role === 'system')
  if (hasOwn || typeof instruction !== 'string' || instruction === '') return prompt
  return [{ role: 'system', content: instruction }, ...prompt]
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
  return (state) => parts.flatMap((fill) => fill(state))
}

function compilePart(part: PromptPart): (state: Readonly<State>) => readonly ContentPart[] {
  switch (part.type) {
    case 'text': {
      const fill = compileText(part.text)
      return (state) => [{ type: 'text', text: fill(state) }]
    }
    case 'image_url': {
      const fill = compileMedia(urlOf(part.image_url), 'image')
      return (state) => fill(state).map((image_url) => ({ type: 'image_url', image_url }))
    }
    case 'audio_url': {
      const fill = compileMedia(urlOf(part.audio_url), 'audio')
      return (state) => fill(state).map((audio_url) => ({ type: 'audio_url', audio_url }))
    }
    default:
      return part satisfies never
  }
}

function compileText(text: string): (state: Readonly<State>) => string {
  const template = parseTemplate(text)
  return (state) => fillTemplate(template, state)
}

/** The addresses of a part: what a template that is one variable stands for, be it bytes or a list, else its text. */
function compileMedia(text: string, kind: MediaKind): (state: Readonly<State>) => readonly string[] {
  const template = parseTemplate(text.trim())
  const [only] = template.variables
  const isVariable = template.variables.length === 1 && template.texts.every((each) => each === '')
  if (!isVariable || only === undefined) return (state) => [fillTemplate(template, state)]
  return (state) => mediaAddressesOf(variableIn(state, only), kind)
}
