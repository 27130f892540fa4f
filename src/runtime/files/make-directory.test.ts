import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeDirectory } from './make-directory.ts'

const base = mkdtempSync(join(tmpdir(), 'sygra-make-'))

test('the folders above are made too, and what is there already stays', () => {
  makeDirectory(join(base, 'a', 'b', 'c'))
  makeDirectory(join(base, 'a', 'b', 'c'))
  expect(existsSync(join(base, 'a', 'b', 'c'))).toBe(true)
})

test('a folder below a file is refused', () => {
  writeFileSync(join(base, 'file'), '')
  expect(() => makeDirectory(join(base, 'file', 'below'))).toThrow(/ENOTDIR/)
})

test.skipIf(!existsSync('/proc/self'))('a folder that the system never makes is refused, not tried for ever', () => {
  expect(() => makeDirectory('/proc/sygra/below')).toThrow(/ENOENT|EACCES|EPERM/)
})
