// The classes of a Python task, as they look here: the same names of methods, `apply` included.

type State = Readonly<Record<string, unknown>>

interface ChatMessage {
  readonly role: string
  readonly content: string
}

// A round is a solution and its review.
const maxMessages = 4 * 2

/** Before the teacher is asked: its own comments become the assistant's turns, the solutions the user's. */
export class CritiquePreProcessor {
  apply(state: State): State {
    const swapped = { assistant: 'user', user: 'assistant' }
    const messages = messagesOf(state.messages).map(({ role, content }) => ({
      role: role === 'assistant' || role === 'user' ? swapped[role] : role,
      content,
    }))
    return { ...state, messages }
  }
}

/** After the teacher: out when it has nothing to add or the rounds are used up, else back to the student. */
export class ShouldContinue {
  apply(state: State): 'END' | 'generate_answer' {
    const messages = messagesOf(state.messages)
    const isContent = messages.at(-1)?.content.includes('NO MORE FEEDBACK') ?? false
    return isContent || messages.length >= maxMessages ? 'END' : 'generate_answer'
  }
}

/** Makes the values that the output map asks it for by the names of its methods. */
export class CodeOutputGenerator {
  build_conversation(messages: unknown, state: State): readonly ChatMessage[] {
    const turns = messagesOf(messages)
    // The last word is the solution's, not that of the teacher.
    const end = turns.findLastIndex(({ role }) => role === 'assistant') + 1
    return [{ role: 'user', content: String(state.question) }, ...turns.slice(0, end)]
  }
}

function messagesOf(value: unknown): readonly ChatMessage[] {
  return Array.isArray(value) ? value : []
}
