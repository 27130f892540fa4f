interface Request {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
}

/** Writes the question of the person that was drawn, and a short answer to any other text. */
export function answer({ messages }: Request): string {
  const last = String(messages.at(-1)?.content ?? '')
  const [, persona, mood, topic] = /^(.*), (curious|impatient|cheerful), about (.*)$/.exec(last) ?? []
  if (persona === undefined) return `Here is the short version. ${last.replace(/\?$/, '')}: begin with the basics.`
  const opening = mood === 'impatient' ? 'Quickly please:' : mood === 'cheerful' ? 'Good morning!' : 'I wonder:'
  return `${opening} as ${persona}, what should I know about ${topic}?`
}
