import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, splitLines } from './read-jsonl.ts'

test('lines cut anywhere are the lines of the whole text, blank ones left out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', 'ü') })), async (pieces) => {
      const lines: Line[] = []
      for await (const batch of splitLines(asPieces(pieces))) lines.push(...batch)
      const expected = pieces
        .join('')
        .split('\n')
        .map((text, index) => ({ text, number: index + 1 }))
        .filter(({ text }) => text.trim() !== '')
      expect(lines).toEqual(expected)
    }),
  )
})

async function* asPieces(pieces: readonly string[]) {
  yield* pieces
}
