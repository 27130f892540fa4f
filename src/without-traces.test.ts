import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { scratchFile } from '../test/helpers/scratch-folder.ts'
import { withoutTraces } from './without-traces.ts'

test('what is loaded for us leaves the cache, and what the program had loaded stays in it', async () => {
  const require = createRequire(import.meta.url)
  const [ours, theirs] = [await scratchFile('ours.cjs', ''), await scratchFile('theirs.cjs', 'exports.a = 1')]
  const known: unknown = require(theirs)
  expect(withoutTraces(require, () => [require(ours), require(theirs)][1])).toBe(known)
  expect([ours in require.cache, theirs in require.cache]).toEqual([false, true])
  Reflect.deleteProperty(require.cache, theirs)
})
