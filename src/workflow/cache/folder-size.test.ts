import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { clearFolder, listFolder } from './folder-size.ts'

test('what could not be removed is not among what was', async () => {
  const directory = await scratchFolder()
  mkdirSync(join(directory, 'ab'))
  const [file = '', stuck = ''] = ['0', '1'].map((digit) => join(directory, 'ab', `${digit.repeat(62)}-0.json`))
  writeFileSync(file, 'answer')
  // A folder is not removed as a file is, whoever one is.
  mkdirSync(stuck)
  const { removed, problem } = await clearFolder(await listFolder(directory))
  expect(removed.map(({ path }) => path)).toEqual([file])
  expect(problem).toMatch(/directory/)
  expect(existsSync(file)).toBe(false)
})
