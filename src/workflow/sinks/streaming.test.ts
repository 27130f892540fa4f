import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { diskSource } from '../sources/files/disk-source.ts'
import { DataSink } from './data-sink.ts'
import { openOutput } from './output.ts'

const rowCount = 200_000
/** Holding the rows would take more: they are 180 MB of text, and so is the array. */
const maxGrowthBytes = 200 * 1024 * 1024

async function* manyRows() {
  for (let index = 0; index < rowCount; index += 1)
    yield { id: `row-${index}`, text: `${index} ${'lorem ipsum '.repeat(70)}` }
}

test('memory does not grow with the rows that are written, turned into an array and read again', async () => {
  const sink = DataSink.disk(join(await scratchFolder(), 'output.json'))
  const start = process.memoryUsage.rss()
  let most = start
  let seen = 0
  const sample = () => {
    seen += 1
    if (seen % 1_000 === 0) most = Math.max(most, process.memoryUsage.rss())
  }
  const output = await openOutput({ sinks: [sink] })
  let pending: Promise<void>[] = []
  for await (const row of manyRows()) {
    sample()
    pending.push(output.append(row))
    if (pending.length < 50) continue
    await Promise.all(pending)
    pending = []
  }
  await Promise.all(pending)
  await output.finish()
  let read = 0
  for await (const _ of diskSource(sink.path).rows()) {
    sample()
    read += 1
  }
  expect(read).toBe(rowCount)
  expect((most - start) / 1024 ** 2).toBeLessThan(maxGrowthBytes / 1024 ** 2)
})
