interface Request {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
}

/** Evolves by what it is guided to, and answers in a sentence; the first try on Hamlet brings the instruction back unchanged. */
export function answer({ messages }: Request, { seen }: { readonly seen: number }): string {
  const last = String(messages.at(-1)?.content ?? '')
  const [guidance = '', instruction] = last.split('\n\nThe instruction: ')
  if (instruction === undefined)
    return `First, read the task closely: "${last.trim()}" Then take it one part at a time.`
  const old = instruction.trim()
  if (old.includes('Hamlet') && seen === 0) return old
  return `${old.replace(/\.$/, '')}, and do so as follows: ${guidance.trim().toLowerCase()}`
}
