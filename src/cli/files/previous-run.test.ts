import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { writeSampleRun } from '../../../test/helpers/studio-runs.ts'
import { previousRun } from './previous-run.ts'

test('of runs that began in the same second the tenth comes after the second', async () => {
  const directory = await scratchFolder()
  const options = { taskName: 'demo', hasLedger: false }
  for (const end of ['', '_2', '_10']) await writeSampleRun(directory, nameOf(end), options)
  const before = previousRun(join(directory, nameOf('_11')), sampleMetadata(options))
  expect(before?.path).toBe(join(directory, nameOf('_10')))
})

function nameOf(end: string): string {
  return `metadata_demo_2026-11-20_10-00-00${end}.json`
}
