interface Answer {
  readonly content: string
  readonly toolCalls?: readonly { readonly name: string }[]
}

/** What the agent said, and which tools it called on the way. */
export function replyAndTools({ content, toolCalls = [] }: Answer) {
  return { reply: content, tools_used: toolCalls.map(({ name }) => name) }
}
