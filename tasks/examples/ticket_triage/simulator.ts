interface Request {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
}

const words: readonly (readonly [RegExp, string, number])[] = [
  [/charged|money back/, 'billing', 4],
  [/invoice/, 'billing', 2],
  [/crash|blank|nothing works/i, 'bug', 5],
  [/add|theme/, 'feature', 1],
  [/how do i/i, 'question', 2],
]

/** Sorts by words. The small model overlooks how urgent a wrong charge is, and first answers the tricky ticket with prose. */
export function answer({ model, messages }: Request): string {
  const ticket = String(messages.find(({ role }) => role === 'user')?.content ?? '')
  const isSmall = model.includes('mini')
  const isCorrected = messages.some(({ role }) => role === 'assistant')
  if (isSmall && ticket.includes('delete my account') && !isCorrected) return 'This looks like a request about privacy.'
  const [, category = 'other', urgency = 3] = words.find(([pattern]) => pattern.test(ticket)) ?? []
  const told = isSmall && urgency === 4 ? 2 : urgency
  return JSON.stringify({ category, urgency: told, reason: `It speaks of ${category}.` })
}
