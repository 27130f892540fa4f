/** One turn of the chat that the nodes keep under `messages`. */
interface Message {
  readonly role: string
  readonly content: string
}

/** What a record carries through the graph: its own fields, and what the nodes have added. */
interface State {
  readonly messages: readonly Message[]
}

const maxRounds = 3

/** Where the review leads: out when the reviewer is content or the rounds are used up, else back to the writer. */
export function isDone({ messages }: State): 'END' | 'write' {
  const isContent = messages.at(-1)?.content.includes('NO MORE FEEDBACK') ?? false
  return isContent || countRounds(messages) >= maxRounds ? 'END' : 'write'
}

/** The chat as the reviewer sees it: the texts are told to it, and the reviews are its own words. */
export function swapRoles(state: State): State {
  const other: Record<string, string> = { assistant: 'user', user: 'assistant' }
  return { ...state, messages: state.messages.map(({ role, content }) => ({ role: other[role] ?? role, content })) }
}

/** The text as it stood at the end. */
export function lastText(messages: readonly Message[]): string {
  return messages.findLast(({ role }) => role === 'assistant')?.content ?? ''
}

/** How many texts were written. */
export function countRounds(messages: readonly Message[]): number {
  return messages.filter(({ role }) => role === 'assistant').length
}
