import { createHash } from 'node:crypto'

// A prompt with images in it may be large; its first part names the model.
const maxParsedLength = 4_000_000

/** The text of a request body; undefined where it cannot be known without consuming it. */
export function bodyTextOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  if (body instanceof ArrayBuffer) return new TextDecoder().decode(body)
  return undefined
}

/** The body as JSON; undefined when it is none or too large to be worth parsing. */
export function parseBody(text: string | undefined): unknown {
  if (text === undefined || text.length > maxParsedLength) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A short digest of a body: equal bodies have equal ones, and the text cannot be got back from it. */
export function bodyHashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash('sha256').update(text).digest('hex').slice(0, 16)
}
