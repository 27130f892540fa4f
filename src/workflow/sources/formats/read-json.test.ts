import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JsonElement, splitJsonArray } from './read-json.ts'

async function split(...pieces: string[]): Promise<JsonElement[]> {
  const elements: JsonElement[] = []
  for await (const batch of splitJsonArray(asPieces(pieces), 'data.json')) elements.push(...batch)
  return elements
}

async function* asPieces(pieces: readonly string[]) {
  yield* pieces
}

/** Text cut at given places. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((left, right) => left - right)
  return [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end))
}

test('any array, cut anywhere, gives its elements', async () => {
  const nested = fc.array(
    fc.oneof(fc.jsonValue(), fc.string({ unit: fc.constantFrom('"', '\\', ',', ']', '}', '{', '[', 'a', '\n') })),
  )
  await fc.assert(
    fc.asyncProperty(
      nested,
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.constantFrom(0, 2),
      async (values, places, indent) => {
        const elements = await split(...cut(JSON.stringify(values, null, indent), places))
        expect(elements.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)))
      },
    ),
    { numRuns: 300 },
  )
})

test('each element knows the line it begins on', async () => {
  const elements = await split('\n[\n {"a":\n 1},', '\n\n{}, {}', '\n,\n7]\n')
  expect(elements.map(({ line }) => line)).toEqual([3, 6, 6, 8])
})

test('an empty file and an empty array have no elements', async () => {
  expect(await split('')).toEqual([])
  expect(await split(' \n')).toEqual([])
  expect(await split('[ ', '\n]')).toEqual([])
})

test('missing elements are kept for the parser to report', async () => {
  expect((await split('[1,,2,]')).map(({ text }) => text)).toEqual(['1', '', '2', ''])
})

test('what is not one array is refused with its line', async () => {
  await expect(split('\n{"a":1}\n{"a":2}')).rejects.toThrow(
    /^data\.json:2: expected a JSON array of objects, found an object; .*\.jsonl/,
  )
  await expect(split('[{"a":1}]\n[2]')).rejects.toThrow(/text after the end of the array/)
  await expect(split('[1,\n{"a":[1}')).rejects.toThrow(/^data\.json:2: the file ends inside the element/)
  await expect(split('[1}')).rejects.toThrow(/found "}" where no object is open/)
  await expect(split('name,text\n')).rejects.toThrow(/found "name,text/)
})

test('elements before a broken place are given first', async () => {
  const seen: string[] = []
  const read = async () => {
    for await (const batch of splitJsonArray(asPieces(['[{"a":1},{"b":2}}']), 'data.json'))
      seen.push(...batch.map(({ text }) => text))
  }
  await expect(read()).rejects.toThrow(/found "}"/)
  expect(seen).toEqual(['{"a":1}'])
})
