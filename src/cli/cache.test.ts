import { expect, test } from 'vitest'
import { cacheCommand } from './cache.ts'

test.each([
  [['--clear', '--path'], /leave one of them out/],
  [['--before', '7d'], /goes with --clear/],
])('sygra cache %s is refused: a part of it would do nothing', async (flags, message) => {
  await expect(cacheCommand().parseAsync(flags, { from: 'user' })).rejects.toThrow(message)
})
