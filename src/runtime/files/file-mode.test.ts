import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directoryMode, fileMode } from './file-mode.ts'
import { writeAtomic, writeAtomicSync } from './write-atomic.ts'

test.each([
  [undefined, 0o600, 0o700],
  ['640', 0o640, 0o750],
  ['0644', 0o644, 0o755],
  ['666', 0o666, 0o777],
  ['755', 0o644, 0o755],
  ['000', 0o600, 0o700],
  ['rw-r--r--', 0o600, 0o700],
  ['', 0o600, 0o700],
])('SYGRA_FILE_MODE=%s', (text, file, directory) => {
  const environment = { SYGRA_FILE_MODE: text }
  expect(fileMode(environment)).toBe(file)
  expect(directoryMode(environment)).toBe(directory)
})

test.skipIf(process.platform === 'win32')('files and folders that are made are for their owner alone', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'sygra-mode-')), 'below/it')
  await writeAtomic(join(directory, 'awaited.json'), '{}')
  writeAtomicSync(join(directory, 'at-once.json'), '{}')
  const bits = (path: string) => statSync(path).mode & 0o777
  expect(['awaited.json', 'at-once.json'].map((name) => bits(join(directory, name)))).toEqual([0o600, 0o600])
  expect([bits(directory), bits(join(directory, '..'))]).toEqual([0o700, 0o700])
})
