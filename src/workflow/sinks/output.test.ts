import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { readAll } from '../../../test/helpers/test-source.ts'
import { diskSource } from '../sources/files/disk-source.ts'
import type { Row } from '../sources/source.ts'
import { DataSink } from './data-sink.ts'
import { checkSinks, openOutput } from './output.ts'
import { sinksFromConfig } from './sinks-from-config.ts'
import { checkWritable } from './write-error.ts'

async function write(paths: readonly [string, ...string[]], rows: readonly Row[]): Promise<string[]> {
  const [first, ...others] = paths.map((path) => DataSink.disk(path))
  const output = await openOutput({ sinks: [first ?? DataSink.disk(paths[0]), ...others] })
  for (const row of rows) await output.append(row)
  return output.finish()
}

const rows = [
  { id: 1, text: 'a, "b"\nc', score: 0.5, ok: true, tags: ['x', 'y'], note: null },
  { id: 2, text: ' é ', score: 1, ok: false, tags: { a: 1 }, extra: 'late' },
]

test('all sinks get every row, in order, and the part file is gone', async () => {
  const folder = await scratchFolder()
  const at = (name: string) => join(folder, name)
  const paths = await write([at('o.json'), at('o.jsonl'), at('o.csv'), at('o.parquet')], rows)
  expect(paths.map((path) => path.split('/').at(-1))).toEqual(['o.json', 'o.jsonl', 'o.csv', 'o.parquet'])
  expect((await readdir(folder)).sort()).toEqual(['o.csv', 'o.json', 'o.jsonl', 'o.parquet'])
  expect(await readFile(at('o.json'), 'utf8')).toBe(`${JSON.stringify(rows, null, 2)}\n`)
  expect(await readFile(at('o.jsonl'), 'utf8')).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  expect(await readAll(diskSource(at('o.csv')))).toEqual([
    { id: '1', text: 'a, "b"\nc', score: '0.5', ok: 'true', tags: '["x","y"]', note: '', extra: '' },
    { id: '2', text: ' é ', score: '1', ok: 'false', tags: '{"a":1}', note: '', extra: 'late' },
  ])
  expect(await readAll(diskSource(at('o.parquet')))).toEqual([
    { ...rows[0], extra: null },
    { ...rows[1], note: null },
  ])
})

test('a sink with an alias takes the columns of its alias without it, one without those that have none', async () => {
  const directory = await scratchFolder()
  const sink = (name: string, alias?: string) => ({ type: 'jsonl', file_path: name, alias })
  const sinks = sinksFromConfig([sink('a.jsonl', 'a'), sink('b.jsonl', 'b'), sink('rest.jsonl')], { directory })
  const output = await openOutput({ sinks: [DataSink.disk(join(directory, 'output.json')), ...sinks] })
  const aliased = [
    { id: 1, 'a->x': 1, 'a->y': 2, 'b->x': 3 },
    { id: 2, 'a->x': 4 },
  ]
  for (const row of aliased) await output.append(row)
  await output.finish()
  const read = (name: string) => readAll(diskSource(join(directory, name)))
  expect(await read('output.json')).toEqual(aliased)
  expect(await read('a.jsonl')).toEqual([{ x: 1, y: 2 }, { x: 4 }])
  expect(await read('b.jsonl')).toEqual([{ x: 3 }])
  expect(await read('rest.jsonl')).toEqual([{ id: 1 }, { id: 2 }])
})

const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.jsonValue(), { maxLength: 2 }),
)
const table = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c d'), cell, { minKeys: 1 }), {
  minLength: 1,
  maxLength: 8,
})

test.each(['json', 'jsonl', 'parquet'] as const)('what is written as %s reads back the same', async (format) => {
  await fc.assert(
    fc.asyncProperty(table, async (given) => {
      const path = join(await scratchFolder(), `o.${format}`)
      await write([path], given)
      const plain: Row[] = JSON.parse(JSON.stringify(given))
      const columns = [...new Set(plain.flatMap(Object.keys))]
      const expected =
        format === 'parquet'
          ? plain.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])))
          : plain
      expect(await readAll(diskSource(path))).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})

test('what is written as csv reads back as its texts', async () => {
  const texts = fc.array(
    fc.record({ a: fc.string({ unit: fc.constantFrom('x', ',', '"', '\n', ' ', ';', 'é') }), b: fc.string() }),
    { minLength: 1, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(texts, async (given) => {
      fc.pre(given.every(({ b }) => !b.endsWith('\r')))
      const path = join(await scratchFolder(), 'o.csv')
      await write([path], given)
      expect(await readAll(diskSource(path))).toEqual(given)
    }),
    { numRuns: 50 },
  )
})

test('no rows give an empty array', async () => {
  const path = join(await scratchFolder(), 'o.json')
  await write([path], [])
  expect(await readFile(path, 'utf8')).toBe('[]\n')
})

test('parquet without a column is refused and the rows are kept', async () => {
  const folder = await scratchFolder()
  await expect(write([join(folder, 'o.parquet')], [{}])).rejects.toThrow(/parquet needs one; write json or jsonl/)
  expect(await readdir(folder)).toEqual(['o.part.jsonl'])
})

test('an output that cannot be put in place keeps the rows and says where', async () => {
  const folder = await scratchFolder()
  const path = join(folder, 'o.json')
  await mkdir(path)
  await writeFile(join(path, 'file'), '')
  await expect(write([path], rows)).rejects.toMatchObject({
    code: 'not_writable',
    message: expect.stringContaining(`all rows are kept in ${join(folder, 'o.part.jsonl')}`),
  })
  expect((await readdir(folder)).sort()).toEqual(['o.json', 'o.part.jsonl'])
})

test('an interrupted run can be closed and taken up again', async () => {
  const sinks = [DataSink.disk(join(await scratchFolder(), 'o.jsonl'))] as const
  const first = await openOutput({ sinks })
  await first.append({ n: 1 })
  await first.pause()
  const second = await openOutput({ sinks, isResumed: true })
  expect(second.rows()).toBe(1)
  await second.append({ n: 2 })
  await second.sync()
  const [path = ''] = await second.finish()
  expect(await readFile(path, 'utf8')).toBe('{"n":1}\n{"n":2}\n')
})

describe('before anything is spent', () => {
  test('a folder is made and tried, and left as it was', async () => {
    const folder = join(await scratchFolder(), 'new', 'deeper')
    await checkWritable(folder)
    expect(await readdir(folder)).toEqual([])
  })

  test('what cannot be written is refused with the path', async () => {
    const folder = await scratchFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(checkWritable(join(folder, 'file'))).rejects.toMatchObject({ code: 'not_writable' })
    await expect(checkSinks([DataSink.disk(join(folder, 'file', 'o.json'))])).rejects.toMatchObject({
      code: 'not_writable',
    })
    await expect(checkSinks([DataSink.disk(folder, { format: 'json' })])).rejects.toThrow(/is a folder; name a file/)
    const twice = DataSink.disk(join(folder, 'o.json'))
    await expect(checkSinks([twice, twice])).rejects.toThrow(/two sinks write to this file/)
    await checkSinks([DataSink.disk(join(folder, 'o.parquet'))])
  })
})

describe('sinks', () => {
  test('take their format from the name or the option', () => {
    expect(DataSink.disk('a.NDJSON').format).toBe('jsonl')
    expect(DataSink.disk('a.out', { format: 'csv' }).format).toBe('csv')
    expect(() => DataSink.disk('a.out')).toThrow(/cannot tell the format of the output/)
  })

  test('come from a configuration, one or several', () => {
    const directory = '/task'
    expect(sinksFromConfig({ type: 'json', file_path: 'o.json' }, { directory })).toEqual([
      { path: '/task/o.json', format: 'json' },
    ])
    expect(
      sinksFromConfig(
        [
          { type: 'csv', file_path: 'x.txt', alias: 'A' },
          { type: 'disk', file_path: '/abs/o.parquet', encoding: 'utf-8' },
        ],
        { directory },
      ),
    ).toEqual([
      { path: '/task/x.txt', format: 'csv', columns: { alias: 'A' } },
      { path: '/abs/o.parquet', format: 'parquet', columns: 'without alias' },
    ])
  })

  test('of an unknown type or key are refused with the place', () => {
    const from = (config: unknown) => () => sinksFromConfig(config, { directory: '.' })
    expect(from({ type: 'jsn', file_path: 'o' })).toThrow(/data_config\.sink\.type: found "jsn"; expected .*"json"/)
    expect(from([{ type: 'json', file_paht: 'o' }])).toThrow(/data_config\.sink\[0\].*file_path/)
  })
})
