import type { Vocabulary } from './vocabulary.ts'

/** The encodings that OpenAI's chat models use. */
export type EncodingName = 'o200k_base' | 'cl100k_base'

// The patterns of https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py. White space is that of Unicode:
// `\s` of JavaScript takes in U+FEFF and leaves out U+0085.
const space = '\\p{White_Space}'
const ending = "(?:'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))"
const [upper, lower] = ['[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]', '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]']
const before = '[^\\r\\n\\p{L}\\p{N}]?'
const spaces = [`${space}*[\\r\\n]+`, `${space}+(?!\\P{White_Space})`, `${space}+`]

/** What a text is cut into before tokens are looked for. */
const patterns: Readonly<Record<EncodingName, RegExp>> = {
  o200k_base: new RegExp(
    [
      `${before}${upper}*${lower}+${ending}?`,
      `${before}${upper}+${lower}*${ending}?`,
      '\\p{N}{1,3}',
      ` ?[^\\p{White_Space}\\p{L}\\p{N}]+[\\r\\n/]*`,
      ...spaces,
    ].join('|'),
    'gu',
  ),
  cl100k_base: new RegExp(
    [ending, `${before}\\p{L}+`, '\\p{N}{1,3}', ` ?[^\\p{White_Space}\\p{L}\\p{N}]+[\\r\\n]*`, ...spaces].join('|'),
    'gu',
  ),
}

/** The tokens of a text: it is cut by the pattern of the encoding, and the bytes of each piece are merged pair by pair. */
export function encodeText(text: string, encoding: EncodingName, vocabulary: Vocabulary): number[] {
  const tokens: number[] = []
  for (const [piece] of text.matchAll(patterns[encoding])) {
    const bytes = Buffer.from(piece)
    const whole = vocabulary.numberOf(bytes)
    if (whole === undefined) mergePairs(bytes, vocabulary, tokens)
    else tokens.push(whole)
  }
  return tokens
}

const noPair = Number.POSITIVE_INFINITY

/** Merges the pair of neighbours with the lowest number as long as there is one, the leftmost of several first. */
function mergePairs(bytes: Uint8Array, vocabulary: Vocabulary, tokens: number[]): void {
  // Where each part begins, and the number of it and the next one together.
  const starts = Array.from({ length: bytes.length + 1 }, (_, at) => at)
  const pairs = starts.map((_, index) => pairAt(index))

  function pairAt(index: number): number {
    const end = starts[index + 2]
    return end === undefined ? noPair : (vocabulary.numberOf(bytes, starts[index], end) ?? noPair)
  }

  for (;;) {
    let [best, lowest] = [-1, noPair]
    for (let index = 0; index < starts.length - 2; index += 1) {
      const number = pairs[index] ?? noPair
      if (number < lowest) [best, lowest] = [index, number]
    }
    if (best < 0) break
    starts.splice(best + 1, 1)
    pairs.splice(best + 1, 1)
    pairs[best] = pairAt(best)
    if (best > 0) pairs[best - 1] = pairAt(best - 1)
  }
  for (let index = 0; index < starts.length - 1; index += 1) {
    tokens.push(vocabulary.numberOf(bytes, starts[index], starts[index + 1]) ?? 0)
  }
}

/** The text of tokens, one piece a token; of a character that several tokens share, the last one has it. */
export function piecesOf(tokens: readonly number[], vocabulary: Vocabulary): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const pieces = tokens.map((token) => decoder.decode(vocabulary.bytesOf(token), { stream: true }))
  return [...pieces, decoder.decode()].filter((piece) => piece !== '')
}
