/** The body of a chat in OpenAI's manner. */
export function chat(model: string, rest: object = {}): object {
  return { model, messages: [{ role: 'user', content: 'x' }], ...rest }
}

/** The events of a stream as a server sends them. */
export function sse(...events: readonly unknown[]): string {
  return events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
}

/** Lines of JSON. */
export function lines(...objects: readonly unknown[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('')
}
