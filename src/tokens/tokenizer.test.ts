import fc from 'fast-check'
import { decodeGenerator, encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { decodeGenerator as decodeO200k, encode as encodeO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { loadTokenizer } from './tokenizer.ts'

const plain = { disallowedSpecial: new Set<string>() }
const encodings = [
  ['gpt-4o', (text: string) => encodeO200k(text, plain), (tokens: number[]) => [...decodeO200k(tokens)]],
  ['gpt-4', (text: string) => encodeCl100k(text, plain), (tokens: number[]) => [...decodeGenerator(tokens)]],
] as const

// The other tokenizer cuts by JavaScript's white space, which is not that of Unicode in these two.
const withoutOddSpace = (text: string) => text.replaceAll(/[\u0085\ufeff]/g, ' ')

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    ...[
      ' ',
      '  ',
      '\n',
      '\r\n\n',
      '\t',
      '\u00a0',
      '\u2003',
      "'s",
      "'LL",
      "don't",
      'WE’RE',
      'HTMLParser',
      'aB',
      'İ',
      'ǅ',
    ],
    ...[
      '1',
      '1234567',
      '٣',
      'Ⅷ',
      'http://',
      '///\n',
      '!?...',
      '<|endoftext|>',
      '你好世界',
      'שלום',
      'नमस्ते',
      '👩‍💻',
      '🇩🇪',
      'e\u0301',
    ],
    ...['function(x) {', '\n\n  return', '"key": 1,', '\u200b', '\ud800'],
  ),
)
const text = fc.array(word, { maxLength: 20 }).map((words) => withoutOddSpace(words.join('')))

describe.each(encodings)('of %s', (model, encode, decode) => {
  test('tokens and their pieces are those of another tokenizer', async () => {
    const tokenizer = await loadTokenizer(model)
    fc.assert(
      fc.property(text, (sample) => {
        const tokens = tokenizer.encode(sample)
        expect(tokens).toEqual(encode(sample))
        expect(tokenizer.pieces(tokens)).toEqual(decode(tokens))
        expect(tokenizer.count(sample)).toBe(tokens.length)
      }),
      { numRuns: 400 },
    )
  })

  test('every token of the vocabulary that is a text of its own is known', async () => {
    const tokenizer = await loadTokenizer(model)
    for (let number = 0; number < 100_000; number += 97) {
      const [piece = ''] = tokenizer.pieces([number])
      if (!piece.includes('\ufffd')) expect(tokenizer.encode(piece)).toEqual(encode(piece))
    }
  })
})
