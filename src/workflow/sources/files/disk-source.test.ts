import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test, vi } from 'vitest'
import { scratchFile, scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { readAll, testSource } from '../../../../test/helpers/test-source.ts'
import type { BadRecord } from '../source.ts'
import { diskSource } from './disk-source.ts'

const rows = Array.from({ length: 25 }, (_, index) => ({ id: `r${index}`, text: `line ${index}, "quoted"\nand é` }))
const jsonl = rows.map((row) => JSON.stringify(row)).join('\n')
const csv = ['id,text', ...rows.map(({ id, text }) => `${id},"${text.replaceAll('"', '""')}"`)].join('\n')
const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'id', data: rows.map(({ id }) => id) },
      { name: 'text', data: rows.map(({ text }) => text) },
    ],
    rowGroupSize: 10,
  }),
)

const files: Readonly<Record<string, string | Uint8Array>> = {
  'data.jsonl': jsonl,
  'data.ndjson': `${jsonl}\n`,
  'data.json': JSON.stringify(rows, null, 2),
  'data.csv': csv,
  'data.jsonl.gz': gzipSync(jsonl),
  'data.json.gz': gzipSync(JSON.stringify(rows)),
  'data.csv.gz': gzipSync(csv),
  'data.parquet': parquet,
}

for (const [name, content] of Object.entries(files)) {
  testSource(name, { make: async () => diskSource(await scratchFile(name, content)), rows })
}

testSource('files of a pattern, in the order of their names, whatever their formats', {
  make: async () => {
    const folder = await scratchFolder()
    await writeFile(join(folder, 'b.csv'), ['id,text', 'x,1', 'y,2'].join('\n'))
    await writeFile(join(folder, 'a.parquet'), parquet)
    await writeFile(join(folder, 'c.jsonl'), '')
    await writeFile(join(folder, 'd.json'), '[{"id":"z","text":"3"}]')
    return diskSource('*.{csv,parquet,jsonl,json}', { directory: folder })
  },
  rows: [...rows, { id: 'x', text: '1' }, { id: 'y', text: '2' }, { id: 'z', text: '3' }],
})

test('of several folders the first that has the file, or files of the pattern, is meant', async () => {
  const [first, second] = [await scratchFolder(), await scratchFolder()]
  await writeFile(join(first, 'a.jsonl'), '{"id":"of the first"}')
  await writeFile(join(second, 'a.jsonl'), '{"id":"of the second"}')
  await writeFile(join(second, 'b.jsonl'), '{"id":"b"}')
  const read = (path: string) => readAll(diskSource(path, { directory: [first, second] }))
  expect(await read('a.jsonl')).toEqual([{ id: 'of the first' }])
  expect(await read('b.jsonl')).toEqual([{ id: 'b' }])
  expect(await read('[b-c].jsonl')).toEqual([{ id: 'b' }])
  await expect(read('c.jsonl')).rejects.toThrow(
    `c.jsonl: no such file: neither ${join(first, 'c.jsonl')} nor ${join(second, 'c.jsonl')} is there; check the path`,
  )
})

test('a packed file that unpacks to far more than data does is refused, unless it is allowed', async () => {
  // 100 MB of one row again and again take a thousandth of that.
  const line = `${JSON.stringify({ id: 'r', text: 'a'.repeat(980) })}\n`
  const path = await scratchFile('bomb.jsonl.gz', gzipSync(line.repeat(100_000)))
  const readRows = async () => {
    let count = 0
    for await (const _ of (await diskSource(path)).rows()) count += 1
    return count
  }
  await expect(readRows()).rejects.toMatchObject({
    code: 'bad_data',
    message: expect.stringMatching(/bomb\.jsonl\.gz: unpacks to more than 200 times its size.*SYGRA_MAX_UNPACK_RATIO/),
  })
  vi.stubEnv('SYGRA_MAX_UNPACK_RATIO', '2000')
  expect(await readRows()).toBe(100_000)
  vi.unstubAllEnvs()
})

describe('the hash', () => {
  test('of one file is what sha256sum prints, cut to 16 digits, whatever part was used', async () => {
    for (const [name, content] of Object.entries(files)) {
      const source = diskSource(await scratchFile(name, content))
      expect(source.describe().datasetHash).toBeUndefined()
      await readAll(source, { startIndex: 12 })
      expect(source.describe().datasetHash, name).toBe(createHash('sha256').update(content).digest('hex').slice(0, 16))
    }
  })

  test('is left out when a read was broken off or failed', async () => {
    const source = diskSource(await scratchFile('data.jsonl', `${jsonl}\nbroken`))
    await expect(readAll(source)).rejects.toThrow()
    expect(source.describe().datasetHash).toBeUndefined()
    const controller = new AbortController()
    const stopped = diskSource(await scratchFile('data.jsonl', jsonl))
    for await (const _ of stopped.rows({ signal: controller.signal })) {
      controller.abort()
      break
    }
    expect(stopped.describe().datasetHash).toBeUndefined()
  })
})

describe('bad input is refused with place and remedy', () => {
  test.each([
    [
      'data.jsonl',
      '{"a":1}\n\n{"a":1,}\n',
      /data\.jsonl:3:8: not valid JSON \(Expected double-quoted property name in JSON\); correct it, or leave bad records out/,
    ],
    ['data.jsonl', '{"a":1}\n[1]\n', /data\.jsonl:2: expected an object with one value per column, found an array/],
    ['data.jsonl', 'null', /data\.jsonl:1: expected an object .* found null/],
    ['data.json', '[{"a":1},\n 7]', /data\.json:2: expected an object .* found a number/],
    ['data.json', '[{"a":1},\n{"b":\n 2,}]', /data\.json:3: not valid JSON/],
    ['data.json', '[{"a":1},]', /data\.json:1: expected an object, found nothing/],
    ['data.json', '{"a":1}', /data\.json:1: expected a JSON array of objects, found an object/],
    ['data.csv', 'a,b\n1,2\n1,2,3\n', /data\.csv:3: expected 2 fields \(a, b\), found 3/],
    ['data.csv', 'a,b\n1\n', /data\.csv:2: expected 2 fields \(a, b\), found 1/],
    ['data.csv', 'a,a\n1,2\n', /data\.csv:1: two columns are named "a"/],
    ['data.csv', 'a,b\n1,"2\n', /data\.csv:2: quoted field unterminated/],
    ['data.parquet', 'not parquet at all', /data\.parquet: cannot be read as parquet/],
    ['data.parquet', parquet.subarray(0, 400), /data\.parquet: cannot be read as parquet/],
    ['data.jsonl.gz', gzipSync(jsonl).subarray(0, 60), /data\.jsonl\.gz: cannot be unpacked/],
    ['data.parquet.gz', gzipSync(parquet), /gzipped parquet.*gunzip/],
    ['data.jsonl', Buffer.from('{"a":"é"}', 'latin1'), /data\.jsonl: the file is not utf-8 text/],
    ['data.txt', 'x', /data\.txt: cannot tell the format/],
  ])('%s with %j', async (name, content, message) => {
    const source = diskSource(await scratchFile(name, content))
    await expect(readAll(source)).rejects.toThrow(message)
    await expect(source.precheck()).rejects.toThrow(message)
    await expect(source.precheck()).rejects.toMatchObject({ name: 'SygraError', code: 'bad_data' })
  })

  test.each(['data.jsonl', 'data.json', 'data.csv'])('an empty %s is refused before the run', async (name) => {
    await expect(diskSource(await scratchFile(name, '')).check()).rejects.toThrow(
      /there is no record; expected at least one/,
    )
    await expect(diskSource(await scratchFile('data.json', '[]')).check()).rejects.toThrow(/there is no record/)
  })

  test('a file, a folder, a pattern that are not there or not files', async () => {
    const folder = await scratchFolder()
    await mkdir(join(folder, 'sub'))
    await expect(diskSource('no.jsonl', { directory: folder }).check()).rejects.toMatchObject({
      code: 'not_found',
      message: /no\.jsonl: no such file/,
    })
    await expect(diskSource('sub', { directory: folder }).check()).rejects.toThrow(
      /is a folder; name a file, or a pattern such as .*sub\/\*\.jsonl/,
    )
    await expect(diskSource('*.jsonl', { directory: folder }).check()).rejects.toMatchObject({
      code: 'not_found',
      message: /no file matches/,
    })
  })

  test('a parquet file of a codec that cannot be unpacked names the column and the codec', async () => {
    const lzo = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: 'text', data: ['a'] }],
        codec: 'LZO',
        compressors: { LZO: (bytes) => bytes },
      }),
    )
    await expect(diskSource(await scratchFile('data.parquet', lzo)).check()).rejects.toThrow(
      /column "text" is compressed with LZO/,
    )
  })
})

test('bad records are skipped and reported when asked', async () => {
  const path = await scratchFile('data.jsonl', '{"a":1}\nx\n[]\n{"a":2}\n')
  const source = diskSource(path)
  const bad: BadRecord[] = []
  expect(await readAll(source, { onBadRecord: 'skip', onBad: (one) => bad.push(one) })).toEqual([{ a: 1 }, { a: 2 }])
  expect(bad.map(({ where }) => where)).toEqual([`${path}:2`, `${path}:3`])
  expect(await source.precheck({ onBadRecord: 'skip' })).toEqual({ rows: 2, badRecords: 2, complete: true })
})

test('a bad record behind those that are needed does no harm', async () => {
  const source = diskSource(await scratchFile('data.jsonl', '{"a":1}\n{"a":2}\nbroken\n'))
  expect(await source.precheck({ numRecords: 2 })).toEqual({ rows: 2, badRecords: 0, complete: true })
  const taken = []
  for await (const row of source.rows()) {
    taken.push(row)
    if (taken.length === 2) break
  }
  expect(taken).toEqual([{ a: 1 }, { a: 2 }])
})

test('records that are passed over are not parsed', async () => {
  const source = diskSource(await scratchFile('data.jsonl', 'broken\n{"a":2}\n'))
  expect(await readAll(source, { startIndex: 1 })).toEqual([{ a: 2 }])
})

test('a repeated id is found before the run', async () => {
  const source = diskSource(await scratchFile('data.jsonl', '{"id":1}\n{"id":2}\n{"id":1}\n'))
  await expect(source.precheck()).rejects.toThrow(/record 3: id "1" in column "id" is used by more than one record/)
  await expect(source.precheck({ idColumn: false })).resolves.toMatchObject({ rows: 3 })
  await expect(source.precheck({ idColumn: 'key' })).rejects.toThrow(
    /record 1: column "key" must give each record an id/,
  )
})

test('files above 64 MB are looked through for their first 1,000 records', async () => {
  const line = `${JSON.stringify({ text: 'x'.repeat(65_000) })}\n`
  const source = diskSource(await scratchFile('data.jsonl', `${line.repeat(1_050)}broken`))
  expect(await source.precheck()).toEqual({ rows: 1_000, badRecords: 0, complete: false })
})

test('a format and an encoding that are given count', async () => {
  const path = await scratchFile('data.txt', Buffer.from('a;b\né;2\n', 'latin1'))
  expect(await readAll(diskSource(path, { format: 'csv', encoding: 'latin-1' }))).toEqual([{ a: 'é', b: '2' }])
  await expect(diskSource(path, { format: 'csv', encoding: 'nonsense' }).check()).rejects.toMatchObject({
    code: 'bad_config',
  })
})

test('a file whose name looks like a pattern is that file', async () => {
  const path = await scratchFile('data[1].jsonl', '{"a":1}')
  expect(await readAll(diskSource(path))).toEqual([{ a: 1 }])
})
