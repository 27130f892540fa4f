/** What is read of the agent's last answer. */
interface Answer {
  readonly content: string
}

/** What the record keeps of it. */
export function reply({ content }: Answer) {
  return { reply: content.trim() }
}
