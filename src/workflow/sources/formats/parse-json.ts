/** A parsed value, or what is wrong with the text and at which character. */
type ParsedJson = { readonly value: unknown } | { readonly problem: string; readonly offset?: number }

/** Parses JSON without throwing. */
export function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const position = /at position (\d+)/.exec(message)?.[1]
    const problem = `not valid JSON (${message.replace(/ at position \d+.*$/, '').replace(/, \.{0,3}".*$/s, '')})`
    const offset = position === undefined ? offsetOfEnd(message, text) : Number(position)
    return offset === undefined ? { problem } : { problem, offset }
  }
}

function offsetOfEnd(message: string, text: string): number | undefined {
  return message.includes('end of JSON input') ? text.length : undefined
}
