import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'

/** The tokens of an encoding; their bytes stand as characters of the same number (latin1). */
export interface Vocabulary {
  readonly numberOf: ReadonlyMap<string, number>
  /** By number. */
  readonly tokens: readonly string[]
}

const decompress = promisify(brotliDecompress)

/** Unpacks a vocabulary: every token stands behind its length, in the order of their numbers. */
export async function unpackVocabulary(packed: string): Promise<Vocabulary> {
  const bytes = await decompress(Buffer.from(packed, 'base64'))
  const text = bytes.toString('latin1')
  const numberOf = new Map<string, number>()
  const tokens: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + (bytes[at] ?? 0)
    const token = text.slice(at + 1, end)
    numberOf.set(token, tokens.length)
    tokens.push(token)
    at = end
  }
  return { numberOf, tokens }
}
