import { expect, test } from 'vitest'
import { sourceFiles, textOf } from '../../test/architecture/source-files.ts'
import { inBackground } from './in-background.ts'

test('work that fails in the background fails for nobody', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  inBackground(Promise.reject(new Error('ours')))
  inBackground(undefined)
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

test('nothing that runs in a watched program leaves a promise to itself', () => {
  const left = sourceFiles
    .filter((file) => /^(?:instrument|runtime|telemetry)\//.test(file))
    .flatMap((file) => {
      const lines = textOf(file).split('\n')
      return lines
        .filter((line) => /(?:^|[;{]|=>|\))\s*void [a-z#(]/.test(line))
        .map((line) => `${file}: ${line.trim()}`)
    })
  expect(left).toEqual([])
})
