import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { scratchFile } from '../../../../test/helpers/scratch-folder.ts'
import { readAll } from '../../../../test/helpers/test-source.ts'
import { diskSource } from '../files/disk-source.ts'
import { type CsvFields, splitCsv } from './read-csv.ts'

const read = async (text: string) => readAll(diskSource(await scratchFile('data.csv', text)))

test('a column without a name is called by its place', async () => {
  // As pandas writes its index, and as a spreadsheet ends its lines.
  expect(await read(',text,\n0,a,\n1,b,x\n')).toEqual([
    { 'Unnamed: 0': '0', text: 'a', 'Unnamed: 2': '' },
    { 'Unnamed: 0': '1', text: 'b', 'Unnamed: 2': 'x' },
  ])
})

test.each([
  ['sep=;\nid;text\n1;a,b\n', [{ id: '1', text: 'a,b' }]],
  ['"sep=|"\r\nid|text\r\n1|a;b\r\n', [{ id: '1', text: 'a;b' }]],
  // A column may be called so, too.
  ['sep=,text\n1,a\n', [{ 'sep=': '1', text: 'a' }]],
])('a first line that says how fields are separated is no data: %j', async (text, rows) => {
  expect(await read(text)).toEqual(rows)
})

test('names are trimmed, values stay as they stand', async () => {
  expect(await read('\uFEFF id , text \n 007 , 1e3 \n')).toEqual([{ id: ' 007 ', text: ' 1e3 ' }])
})

test.each([
  ['a, a\n1,2\n', /data\.csv:1: two columns are named "a"/],
  ['a,__proto__\n1,2\n', /data\.csv:1: a column named "__proto__"/],
  [',,\n1,2,3\n', /data\.csv:1: no column has a name/],
  ['a,"b\n1,2\n', /data\.csv:1: /],
])('a line of names that cannot be one is refused by its place: %j', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message)
})

test.each([
  [
    "pandas' index has no name",
    ',text\n0,a\n1,b\n',
    [
      { 'Unnamed: 0': '0', text: 'a' },
      { 'Unnamed: 0': '1', text: 'b' },
    ],
  ],
  ['a comma at the end of each line', 'id,text,\n1,a,\n', [{ id: '1', text: 'a', 'Unnamed: 2': '' }]],
  [
    'two columns without a name, one in the middle',
    ',,text\n0,x,a\n',
    [{ 'Unnamed: 0': '0', 'Unnamed: 1': 'x', text: 'a' }],
  ],
  ["Excel's word for the delimiter", 'sep=;\nid;text\n1;a,b\n', [{ id: '1', text: 'a,b' }]],
  [
    'the same with line ends of Windows, behind a mark of the byte order',
    '\uFEFFsep=\t\r\nid\ttext\r\n1\ta\r\n',
    [{ id: '1', text: 'a' }],
  ],
  ['a name of nothing but blanks', 'id,  \n1,a\n', [{ id: '1', 'Unnamed: 1': 'a' }]],
])('%s', async (_, text, rows) => {
  expect(await read(text)).toEqual(rows)
})

test('long numbers stay the text that they are', async () => {
  expect(await read('id\n1790000000000000001\n1790000000000000002\n')).toEqual([
    { id: '1790000000000000001' },
    { id: '1790000000000000002' },
  ])
})

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
