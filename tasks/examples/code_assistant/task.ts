/** What a record carries through the graph: its own fields, and what the nodes have added. */
type State = Readonly<Record<string, unknown>>

/** One turn of the chat that the llm nodes keep under `messages`. */
export interface ChatMessage {
  readonly role: string
  readonly content: string
}

const verdict = 'NO MORE FEEDBACK'

// A round is an answer and its review.
const maxRounds = 4
const messagesPerRound = 2

/** Where the review leads: back to the writer, or out when the reviewer is content or the rounds are used up. */
export function shouldContinue(state: State): 'END' | 'generate_answer' {
  const isLastRound = messagesOf(state.messages).length >= maxRounds * messagesPerRound
  return isLastRound || isAccepted(state.messages) ? 'END' : 'generate_answer'
}

/** The chat as the reviewer sees it: the answers are told to it, and the reviews are its own words. */
export function swapRoles(state: State): State {
  return { ...state, messages: messagesOf(state.messages).map(swapRole) }
}

/** True when the reviewer asked for nothing more. */
export function isAccepted(messages: unknown): boolean {
  return messagesOf(messages).at(-1)?.content.includes(verdict) ?? false
}

/** How many answers were written. */
export function countRounds(messages: unknown): number {
  return messagesOf(messages).filter(isAnswer).length
}

/** The answer as it stood at the end; empty when none was written. */
export function lastAnswer(messages: unknown): string {
  return messagesOf(messages).findLast(isAnswer)?.content ?? ''
}

/** The chat with its question in front; the last review is left out, so that a conversation ends with an answer. */
export function buildConversation(messages: unknown, state: State): readonly ChatMessage[] {
  const turns = messagesOf(messages)
  const end = turns.findLastIndex(isAnswer) + 1
  return [{ role: 'user', content: String(state.question) }, ...turns.slice(0, end)]
}

function messagesOf(value: unknown): readonly ChatMessage[] {
  return Array.isArray(value) ? value.filter(isMessage) : []
}

function isMessage(value: unknown): value is ChatMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'role' in value &&
    typeof value.role === 'string' &&
    'content' in value &&
    typeof value.content === 'string'
  )
}

function isAnswer(message: ChatMessage): boolean {
  return message.role === 'assistant'
}

function swapRole({ role, content }: ChatMessage): ChatMessage {
  if (role === 'assistant') return { role: 'user', content }
  if (role === 'user') return { role: 'assistant', content }
  return { role, content }
}
