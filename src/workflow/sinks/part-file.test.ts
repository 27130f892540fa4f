import { spawnSync } from 'node:child_process'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { Row } from '../sources/source.ts'
import { openPartFile, partPathOf, readPartFile } from './part-file.ts'

async function rowsOf(path: string): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of readPartFile(path)) rows.push(row)
  return rows
}

test('rows are in the file in the order of the calls, when their promise resolves', async () => {
  const path = join(await scratchFolder(), 'sub', 'output.part.jsonl')
  const part = await openPartFile({ path })
  await Promise.all(Array.from({ length: 500 }, (_, n) => part.append({ n })))
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(501)
  expect(await rowsOf(path)).toEqual(Array.from({ length: 500 }, (_, n) => ({ n })))
  expect(part.rows()).toBe(500)
  await part.close()
})

test('a row that is changed after the call is written as it was', async () => {
  const path = join(await scratchFolder(), 'output.part.jsonl')
  const part = await openPartFile({ path })
  const row = { text: 'before' }
  const written = part.append(row)
  row.text = 'after'
  await written
  await part.close()
  expect(await rowsOf(path)).toEqual([{ text: 'before' }])
})

test('a row without JSON fails alone', async () => {
  const path = join(await scratchFolder(), 'output.part.jsonl')
  const part = await openPartFile({ path })
  const circular: Row = {}
  circular.self = circular
  await expect(part.append(circular)).rejects.toMatchObject({ code: 'bad_data' })
  await part.append({ big: 5n, huge: 2n ** 70n, bytes: new Uint8Array([1, 2]) })
  await part.close()
  expect(await rowsOf(path)).toEqual([{ big: 5, huge: '1180591620717411303424', bytes: 'AQI=' }])
})

test('a resumed run goes on behind whole rows; half a row left by a crash is cut off', async () => {
  const path = join(await scratchFolder(), 'output.part.jsonl')
  const first = await openPartFile({ path })
  await first.append({ n: 1 })
  await first.close()
  await appendFile(path, '{"n":2')
  expect(await rowsOf(path)).toEqual([{ n: 1 }])
  const second = await openPartFile({ path, isResumed: true })
  expect(second.rows()).toBe(1)
  await second.append({ n: 3 })
  await second.sync()
  await second.close()
  await second.close()
  expect(await readFile(path, 'utf8')).toBe('{"n":1}\n{"n":3}\n')
})

test('a new run keeps the rows of earlier ones under another name', async () => {
  const folder = await scratchFolder()
  const path = join(folder, 'output.part.jsonl')
  for (const n of [1, 2, 3]) {
    const part = await openPartFile({ path })
    await part.append({ n })
    await part.close()
  }
  expect(await rowsOf(path)).toEqual([{ n: 3 }])
  expect(await rowsOf(join(folder, 'output.part.1.jsonl'))).toEqual([{ n: 1 }])
  expect(await rowsOf(join(folder, 'output.part.2.jsonl'))).toEqual([{ n: 2 }])
  expect(await readdir(folder)).toHaveLength(3)
})

test('the part file stands beside the output', () => {
  expect(partPathOf('/a/output_2024.json')).toBe('/a/output_2024.part.jsonl')
})

test('a place that cannot be written is an error with the path and the remedy', async () => {
  const folder = await scratchFolder()
  await writeFile(join(folder, 'file'), '')
  const path = join(folder, 'file', 'output.part.jsonl')
  await expect(openPartFile({ path })).rejects.toMatchObject({
    code: 'not_writable',
    message: expect.stringMatching(/output\.part\.jsonl: a part of the path is a file/),
  })
})

test('when no more can be written, all rows before are whole, and the error says where they are', async () => {
  const path = join(await scratchFolder(), 'output.part.jsonl')
  // A limit on the size of files stands for a full disk: both end a write in the middle of a row.
  const script = join(import.meta.dirname, '../../../test/fixtures/sinks/write-until-full.ts')
  const jiti = join(import.meta.dirname, '../../../node_modules/.bin/jiti')
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -f 64; exec "$0" "$@"', jiti, script, path], {
    encoding: 'utf8',
  })
  expect(stderr.replaceAll(/^npm .*$/gm, '').trim()).toBe('')
  const { code, message, rows, later } = JSON.parse(stdout)
  expect({ code, later }).toEqual({ code: 'not_writable', later: 'not_writable' })
  expect(message).toContain(`the ${rows} rows written before are kept in this file`)
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  expect(await rowsOf(path)).toHaveLength(rows)
  expect(rows).toBeGreaterThan(10)
})
