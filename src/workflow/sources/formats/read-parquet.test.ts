import type { SchemaElement } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test, vi } from 'vitest'
import { scratchFile } from '../../../../test/helpers/scratch-folder.ts'
import { readAll } from '../../../../test/helpers/test-source.ts'
import { diskSource } from '../files/disk-source.ts'
import type { Row } from '../source.ts'
import { guardedCompressors } from './parquet-limits.ts'

async function roundTrip(columnData: ColumnSource[], schema?: SchemaElement[]): Promise<Row[]> {
  const buffer = parquetWriteBuffer({ columnData, schema })
  return readAll(diskSource(await scratchFile('data.parquet', new Uint8Array(buffer))))
}

test('values become what a record can carry', async () => {
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0])
  const rows = await roundTrip([
    { name: 'count', data: [1n, 2n ** 60n], type: 'INT64' },
    { name: 'at', data: [new Date(0), new Date(1500)], type: 'TIMESTAMP' },
    { name: 'image', data: [jpeg, jpeg], type: 'BYTE_ARRAY' },
    { name: 'plain', data: [Buffer.from('é'), Buffer.from('b')], type: 'BYTE_ARRAY' },
    { name: 'json', data: [{ a: [1] }, null], type: 'JSON' },
    { name: 'ratio', data: [0.5, 1.25], type: 'DOUBLE' },
  ])
  expect(rows).toEqual([
    { count: 1, at: '1970-01-01T00:00:00.000Z', image: jpeg, plain: 'é', json: { a: [1] }, ratio: 0.5 },
    { count: '1152921504606846976', at: '1970-01-01T00:00:01.500Z', image: jpeg, plain: 'b', json: null, ratio: 1.25 },
  ])
})

test('days are dates without a time', async () => {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'day', type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' },
  ]
  expect(await roundTrip([{ name: 'day', data: [new Date('2024-02-29'), null] }], schema)).toEqual([
    { day: '2024-02-29' },
    { day: null },
  ])
})

test('nested columns, in row groups larger than a slice', async () => {
  const data = Array.from({ length: 2_500 }, (_, index) => [`a${index}`, 'b'])
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'tags', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ]
  expect(await roundTrip([{ name: 'tags', data }], schema)).toEqual(data.map((tags) => ({ tags })))
})

test('a row group much larger than a slice gives its rows in order', async () => {
  const text = Array.from({ length: 6_000 }, (_, index) => `${index}:${'x'.repeat(9_000)}`)
  const buffer = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'text', data: text }], rowGroupSize: 6_000 }))
  const source = diskSource(await scratchFile('data.parquet', buffer))
  expect((await readAll(source)).map((row) => row.text)).toEqual(text)
  expect((await readAll(source, { startIndex: 4_321 })).map((row) => row.text)).toEqual(text.slice(4_321))
})

test('a long text that stands once in the file for all rows does not fill the memory', async () => {
  const text = 'x'.repeat(400_000)
  // 1,000 rows of it would be 400 MB.
  const file = parquetWriteBuffer({ columnData: [{ name: 'text', data: Array(1_000).fill(text), type: 'STRING' }] })
  expect(file.byteLength).toBeLessThan(1_000_000)
  const before = process.memoryUsage().heapUsed
  const rows = await readAll(diskSource(await scratchFile('data.parquet', new Uint8Array(file))))
  expect(rows.every((row) => row.text === text)).toBe(true)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150_000_000)
})

test('a file that unpacks to far more than its size is refused, whether it says so or not', async () => {
  // A page of 80 million equal bytes.
  const data = [new Uint8Array(80_000_000)]
  const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'zeros', data, type: 'BYTE_ARRAY' }] }))
  expect(file.byteLength).toBeLessThan(80_000_000 / 10)
  const path = await scratchFile('data.parquet', file)
  vi.stubEnv('SYGRA_MAX_UNPACK_RATIO', '5')
  await expect(readAll(diskSource(path))).rejects.toThrow(/data\.parquet: unpacks to more than 5 times its size/)
  expect(() => guardedCompressors('pages').SNAPPY?.(file.subarray(0, 100_000), 80_000_000)).toThrow(
    'pages: unpacks to more than 5 times',
  )
  vi.unstubAllEnvs()
})

test.each([
  ['a list', [{ name: 'sums', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 }] as const],
])('decimals of many digits within %s are refused, those of few are numbers', async (_, outer) => {
  const schemaOf = (precision: number): SchemaElement[] => [
    { name: 'root', num_children: 1 },
    ...outer,
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    {
      name: 'element',
      type: 'INT64',
      converted_type: 'DECIMAL',
      precision,
      scale: 2,
      repetition_type: 'OPTIONAL',
    },
  ]
  const data = [[1.25, 3.5]]
  expect(await roundTrip([{ name: 'sums', data }], schemaOf(9))).toEqual([{ sums: [1.25, 3.5] }])
  await expect(roundTrip([{ name: 'sums', data }], schemaOf(18))).rejects.toThrow(
    /"sums" has decimals of more than 15 digits in a list or a map/,
  )
})
