import { expect, test } from 'vitest'
import { scratchFile } from '../../../../test/helpers/scratch-folder.ts'
import { readAll } from '../../../../test/helpers/test-source.ts'
import { diskSource } from '../files/disk-source.ts'

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
