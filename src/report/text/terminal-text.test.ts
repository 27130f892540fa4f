import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safeText } from './safe-text.ts'
import { padText, textWidth, truncateMiddle, truncateText, wrapText } from './terminal-text.ts'

test('wide letters and emoji take two cells, marks and colours none', () => {
  expect(textWidth('abc')).toBe(3)
  expect(textWidth('日本')).toBe(4)
  expect(textWidth('🚀')).toBe(2)
  expect(textWidth('e\u0301')).toBe(1)
  expect(textWidth('\u001b[31mred\u001b[39m')).toBe(3)
})

test.each([
  ['an emoji of several parts', '👩‍💻 dev', 6],
  ['a colour of skin', '👍🏽', 2],
  ['a flag', '🇩🇪', 2],
  ['a key', '1️⃣', 2],
  ['a space without width', 'a\u200bb', 2],
  ['a syllable of Hangul in its letters', '\u1112\u1161\u11ab', 2],
  ['half-width Katakana', 'ｶﾞ', 2],
])('%s takes the cells that a terminal gives it', (_, text, width) => {
  expect(textWidth(text)).toBe(width)
})

test('what a reader takes for one letter is never cut in two', () => {
  expect(truncateText('👩‍💻👩‍💻👩‍💻', 5)).toBe('👩‍💻👩‍💻…')
  expect(truncateMiddle('🇩🇪🇫🇷🇮🇹🇪🇸', 6)).toBe('🇩🇪…🇪🇸')
  expect(wrapText('🇩🇪🇫🇷🇮🇹', 4)).toEqual(['🇩🇪🇫🇷', '🇮🇹'])
})

test('nothing is wider than it may be after cutting or wrapping', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 30 }), (raw, width) => {
      const text = safeText(raw)
      expect(textWidth(truncateText(text, width))).toBeLessThanOrEqual(width)
      expect(textWidth(truncateMiddle(text, width))).toBeLessThanOrEqual(width)
      for (const line of wrapText(text, width)) expect(textWidth(line)).toBeLessThanOrEqual(width)
    }),
  )
})

test('a long name is cut in the middle', () => {
  expect(truncateMiddle('gpt-4o-mini-2024-07-18', 11)).toBe('gpt-4…07-18')
})

test('a number stays with its unit', () => {
  expect(wrapText('p50 1.33 s, p95 2.22 s', 15)).toEqual(['p50 1.33 s, p95', '2.22 s'])
})

test('text is filled up by the cells it takes', () => {
  expect(padText('日', 4)).toBe('日  ')
})

test('what could act on a terminal becomes visible', () => {
  expect(safeText('a\u001b[2Jb\nc\u202ed\u0000')).toBe('a\\u001b[2Jb\\nc\\u202ed\\u0000')
  expect(safeText('\ud800x')).toBe('\\ud800x')
  expect(safeText('naïve 日本 🚀')).toBe('naïve 日本 🚀')
})

test('text of any length is cut to a sane one', () => {
  expect(safeText('x'.repeat(100_000))).toHaveLength(501)
})

test('what ends a line is written as it is in programs', () => {
  expect(safeText('a\tb\rc\nd')).toBe('a\\tb\\rc\\nd')
})
