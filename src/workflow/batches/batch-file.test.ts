import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { OpenBatchFile } from './batch-file.ts'
import { readIds } from './batch-results.ts'

/** Fills files as the calls of a wave do; gives how many lines and bytes each has. */
async function filled(lines: readonly string[], limits: { maxLines: number; maxBytes: number }, separator = '\n') {
  const folder = await scratchFolder()
  const files: OpenBatchFile[] = []
  for (const [index, text] of lines.entries()) {
    const line = `{"custom_id":"c-${index}","body":"${text}"}`
    if (files.at(-1)?.hasRoomFor(line) !== true) {
      files.push(new OpenBatchFile(join(folder, `${files.length}.jsonl`), { ...limits, separator }))
    }
    files.at(-1)?.add(`c-${index}`, line)
  }
  for (const file of files) file.close()
  return files
}

test('no file has more lines than a provider takes', async () => {
  const files = await filled(Array(7).fill('x'), { maxLines: 3, maxBytes: 1_000 })
  expect(files.map(({ ids }) => ids.length)).toEqual([3, 3, 1])
})

test('no file has more bytes than a provider takes, in bytes and not in characters, its last line end with them', async () => {
  // Each line is 39 bytes: 29 around a text of 5 characters in 10 bytes; with the line end 40.
  const lines = Array(5).fill('äöüßé')
  const files = await filled(lines, { maxLines: 100, maxBytes: 3 * 40 })
  expect(files.map(({ ids }) => ids.length)).toEqual([3, 2])
  expect(files.map(({ path }) => statSync(path).size)).toEqual([120, 80])
  const smaller = await filled(lines, { maxLines: 100, maxBytes: 3 * 40 - 1 })
  expect(smaller.map(({ ids }) => ids.length)).toEqual([2, 2, 1])
})

test('a call that is too long alone is a file of its own: its provider says what is wrong', async () => {
  const files = await filled(['x', 'x'.repeat(200), 'x'], { maxLines: 100, maxBytes: 100 })
  expect(files.map(({ ids }) => ids)).toEqual([['c-0'], ['c-1'], ['c-2']])
})

test('with the separator of a list the file is one, and its ids are found again', async () => {
  const [file] = await filled(['a', 'b'], { maxLines: 9, maxBytes: 1_000 }, ',\n')
  expect(JSON.parse(`[${readFileSync(file?.path ?? '', 'utf8')}]`)).toHaveLength(2)
  expect(await readIds(file?.path ?? '')).toEqual(['c-0', 'c-1'])
})
