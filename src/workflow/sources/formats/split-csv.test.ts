import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { type CsvFields, splitCsv } from './split-csv.ts'

async function split(pieces: readonly string[], delimiter?: string): Promise<CsvFields[]> {
  const rows: CsvFields[] = []
  for await (const batch of splitCsv({ name: 'data.csv', text: asPieces(pieces), delimiter })) rows.push(...batch)
  return rows
}

async function* asPieces(pieces: readonly string[]) {
  yield* pieces
}

const field = fc
  .string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\n', ' ', ';') })
  .filter((text) => text.trim() === text)
const table = fc
  .integer({ min: 2, max: 4 })
  .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }))

test('any table, cut anywhere, with either line end, gives its fields', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 7 }),
      async (rows, newline, size) => {
        const text = Papa.unparse([rows[0]?.map((_, index) => `c${index}`) ?? [], ...rows], { newline, quotes: true })
        const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
        const found = await split(pieces)
        expect(found.slice(1).map(({ fields }) => fields)).toEqual(rows)
        expect(found.every(({ problem }) => problem === undefined)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('each row knows the line it begins on', async () => {
  const rows = await split(['a,b\n1,"x\ny"\n', '\n2,z\n', '3,w'])
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 5, 6])
})

test.each([
  ['a;b\n1;2', ['1', '2']],
  ['a\tb\n1\t2', ['1', '2']],
  ['a|b\r1|2', ['1', '2']],
  ['"x;y",b\n1,2', ['1', '2']],
  ['a\n1', ['1']],
])('the delimiter and line end are told from the first line of %j', async (text, fields) => {
  expect((await split([text])).at(-1)?.fields).toEqual(fields)
})

test('a delimiter that is given counts', async () => {
  expect((await split(['a:b,c\n1:2,3'], ':')).at(-1)?.fields).toEqual(['1', '2,3'])
})

test('a quote that is not closed is a problem of its row', async () => {
  const rows = await split(['a,b\n1,"x\n2,y\n'])
  expect(rows.at(-1)).toMatchObject({ line: 2, problem: 'Quoted field unterminated' })
})

test('rows longer than many pieces are put together', async () => {
  const long = 'x"",\n'.repeat(2000)
  const pieces = `a,b\n1,"${long}"\n2,y\n`.match(/[\s\S]{1,100}/g) ?? []
  expect((await split(pieces)).map(({ fields }) => fields[1]?.length)).toEqual([1, long.length - 2000, 1])
})
