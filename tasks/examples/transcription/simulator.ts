interface Request {
  readonly model: string
  readonly messages: readonly { readonly content?: unknown }[]
}

/** What is heard, by the hint that goes with the sound; a title is its first words. */
export function answer({ model, messages }: Request): string {
  const said = String(messages.at(-1)?.content ?? '')
  if (model === 'whisper-1') return said.includes('a shop') ? 'Welcome to the shop, we open at nine.' : 'Who is there?'
  return said.split(': ').at(-1)?.split(' ').slice(0, 6).join(' ') ?? ''
}
