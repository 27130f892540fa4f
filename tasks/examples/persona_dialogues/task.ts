type State = Readonly<Record<string, unknown>>

/** Question and answer as a chat, the form that training tools read. */
export function toMessages(question: unknown, { answer }: State) {
  return [
    { role: 'user', content: String(question) },
    { role: 'assistant', content: String(answer) },
  ]
}
