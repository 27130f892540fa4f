import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { parseMetadata } from '../../metadata/parse.ts'
import { MetadataCollector } from '../collector/metadata-collector.ts'
import { ledgerPathOf } from '../files/run-names.ts'
import { foldLedger } from '../ledger/fold-ledger.ts'
import { RunRecorder } from './run-recorder.ts'

async function recordedRun(hasLedger = true) {
  const metadataPath = join(await scratchFolder(), 'metadata', 'metadata_t_2026-11-01_10-00-00.json')
  const collector = new MetadataCollector()
  const recorder = new RunRecorder({ collector, metadataPath, hasLedger })
  collector.startRun({ context: { taskName: 't' }, environment: { nodeVersion: '20', sygraVersion: '1' }, git: {} })
  const read = () => parseMetadata(readFileSync(metadataPath, 'utf8'), metadataPath)
  return { collector, recorder, metadataPath, read }
}

test('a run has a metadata file from its start, which says that it is running', async () => {
  const { recorder, read } = await recordedRun()
  await recorder.start()
  expect(read()).toMatchObject({ status: 'running', execution: { task_name: 't' }, ledger: { events: 1 } })
  recorder.stop()
})

test('what is saved at once is in the file and in the ledger, and the run may go on', async () => {
  const { collector, recorder, metadataPath, read } = await recordedRun()
  await recorder.start()
  collector.record({ type: 'record-end', succeeded: true })
  recorder.saveSync()
  expect(read().aggregate_statistics.records.total_processed).toBe(1)
  expect((await foldLedger(ledgerPathOf(metadataPath))).totals.records.processed).toBe(1)
  collector.record({ type: 'record-end', succeeded: true })
  collector.endRun('complete')
  await recorder.finish()
  expect(read()).toMatchObject({
    status: 'complete',
    aggregate_statistics: { records: { total_processed: 2 } },
    ledger: { events: 4, incomplete: false },
  })
})

test('nothing but the two files is left behind', async () => {
  const { collector, recorder, metadataPath } = await recordedRun()
  await Promise.all([recorder.start(), recorder.checkpoint(), recorder.checkpoint()])
  collector.endRun('complete')
  await recorder.finish()
  expect(readdirSync(join(metadataPath, '..'))).toEqual([
    'ledger_t_2026-11-01_10-00-00.jsonl',
    'metadata_t_2026-11-01_10-00-00.json',
  ])
})

test('without a ledger there is only the metadata file', async () => {
  const { collector, recorder, metadataPath, read } = await recordedRun(false)
  collector.endRun('complete')
  await recorder.finish()
  expect(existsSync(ledgerPathOf(metadataPath))).toBe(false)
  expect(read().ledger).toBeUndefined()
})

test('who gets the file of another process writes it at its next turn, however long writing took before', async () => {
  const metadataPath = join(await scratchFolder(), 'metadata', 'metadata_t_2026-11-01_10-00-00.json')
  const collector = new MetadataCollector()
  let [writes, asked] = [0, 0]
  const recorder = new RunRecorder({
    collector,
    metadataPath,
    metadata: () => {
      writes += 1
      // Of a summary that takes so long the next is due in more than a minute.
      const until = performance.now() + (writes === 2 ? 700 : 0)
      while (performance.now() < until);
      return collector.getMetadataSummary()
    },
    // It is another's between the second write and the second turn.
    isOurs: () => writes < 2 || ++asked > 1,
  })
  collector.startRun({ context: { taskName: 't' }, environment: { nodeVersion: '20', sygraVersion: '1' }, git: {} })
  await recorder.start()
  // A checkpoint is passed over where the file was written just now.
  await expect.poll(() => recorder.checkpoint().then(() => writes)).toBe(2)
  await expect.poll(() => writes, { timeout: 60_000 }).toBe(3)
  recorder.stop()
})
