import { type EncodingName, encodeText, piecesOf } from './byte-pairs.ts'

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
