import type { Vocabulary } from './vocabulary.ts'

/** Text to tokens and back, in one encoding. Special tokens inside a text count as the plain text they are. */
export interface Tokenizer {
  readonly encoding: EncodingName
  readonly encode: (text: string) => number[]
  readonly count: (text: string) => number
  /** The text of the tokens, one piece a token; of a character that several tokens share, the last one has it. */
  readonly pieces: (tokens: readonly number[]) => string[]
}

/** The encoding of a model by OpenAI's naming; models of other makers get o200k_base, which is an estimate for them. */
export function encodingOf(model: string): EncodingName {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/^ft:/, '')
  // gpt-35 is how Azure writes gpt-3.5; gpt-4o, gpt-4.1 and gpt-4.5 belong to the newer encoding.
  return /^(gpt-4(?![o.])|gpt-3\.?5|text-embedding-)/.test(name) ? 'cl100k_base' : 'o200k_base'
}

/** The tokenizer of a model. The first call for an encoding unpacks its vocabulary: about 0.1 s and 6 MB of memory. */
export async function loadTokenizer(model: string): Promise<Tokenizer> {
  const encoding = encodingOf(model)
  const unpacked = encoding === 'cl100k_base' ? await import('./cl100k-base.ts') : await import('./o200k-base.ts')
  const vocabulary = await unpacked.vocabulary
  const encode = (text: string) => {
    const parts = splitLongRuns(text)
    return parts.length === 1
      ? encodeText(text, encoding, vocabulary)
      : parts.flatMap((part) => encodeText(part, encoding, vocabulary))
  }
  return {
    encoding,
    encode,
    count: (text) => encode(text).length,
    pieces: (tokens) => piecesOf(tokens, vocabulary),
  }
}

const longestRun = 1000
const longRun = new RegExp(
  `[\\p{L}\\p{M}]{${longestRun}}|\\s{${longestRun}}|[^\\s\\p{L}\\p{M}\\p{N}]{${longestRun}}`,
  'u',
)

/**
 * Merging takes time by the square of the length of a run that the encoding does not split: 50,000 equal letters take 3 s.
 * Texts with such a run are cut every 1,000 characters, which makes the count wrong by at most about one token a cut.
 */
function splitLongRuns(text: string): string[] {
  if (text.length < longestRun || !longRun.test(text)) return [text]
  return text.match(new RegExp(`[^]{1,${longestRun}}`, 'gu')) ?? [text]
}

/** The encodings that OpenAI's chat models use. */
type EncodingName = 'o200k_base' | 'cl100k_base'

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
function encodeText(text: string, encoding: EncodingName, vocabulary: Vocabulary): number[] {
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
function piecesOf(tokens: readonly number[], vocabulary: Vocabulary): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const pieces = tokens.map((token) => decoder.decode(vocabulary.bytesOf(token), { stream: true }))
  return [...pieces, decoder.decode()].filter((piece) => piece !== '')
}
