/** The value of a JSON text; undefined for a text that is none. */
export function jsonOf(text: Buffer | string): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
