import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ledgerPathOf } from '../../src/runtime/files/run-names.ts'
import { foldLedger } from '../../src/runtime/ledger/fold-ledger.ts'
import { recoverRun } from '../../src/workflow/run/past/recover-run.ts'
import type { KnownOptions } from '../../src/workflow/run/run-options.ts'
import { Workflow } from '../../src/workflow/workflow.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// Runs that are stopped and taken up again within one process: what is kept, what is done again, what is counted.

const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `r${n}`, n }))

async function sessions({ records = 20 } = {}) {
  const outputDir = await scratchFolder()
  const done: string[] = []
  const state = { fails: (_n: number) => false }
  const graph = new Workflow('sessions').source(rows(records)).lambda(({ id, n }) => {
    done.push(id)
    if (state.fails(n)) throw new Error(`no ${id}`)
    return { double: n * 2 }
  })
  const run = (options: KnownOptions<false, true> = {}) => graph.run({ outputDir, batchSize: 3, ...options })
  return { outputDir, done, state, graph, run }
}

const idsIn = (path: string): string[] => JSON.parse(readFileSync(path, 'utf8')).map(({ id }: { id: string }) => id)
const withoutTimes = (path: string) =>
  readFileSync(path, 'utf8').replaceAll(/"(generated_at|end_time|duration_seconds|\w+_per_second)": .*/g, '')

test('a run that was paused goes on where it stopped, with all its rows in the order of the source', async () => {
  const { done, run } = await sessions()
  const first = await run({ pauseAfter: 7 })
  expect(first).toMatchObject({ status: 'interrupted', isResumable: true, stopped: { type: 'pause' } })
  expect(idsIn(first.outputPath)).toHaveLength(7)
  const second = await run({ resume: true })
  expect(second).toMatchObject({ status: 'complete', isResumable: false, runId: first.runId })
  expect(second.outputPath).toBe(first.outputPath)
  expect(done.sort()).toEqual(
    rows(20)
      .map(({ id }) => id)
      .sort(),
  )
  expect(second.records.map(({ id, double }) => [id, double])).toEqual(rows(20).map(({ id, n }) => [id, n * 2]))
  expect(new Set(idsIn(second.outputPath)).size).toBe(20)
  const { execution, aggregate_statistics: totals } = second.metadata ?? {}
  expect(totals?.records).toMatchObject({ total_processed: 20, total_failed: 0 })
  expect(execution?.sessions?.map(({ records, status }) => [records, status])).toEqual([
    [7, 'interrupted'],
    [13, 'complete'],
  ])
})

test('a resumable workflow takes up its last unfinished run by itself; one that is complete begins anew', async () => {
  const { graph, run } = await sessions()
  graph.resumable()
  const first = await run({ pauseAfter: 5 })
  const second = await run()
  const third = await run()
  expect([second.runId === first.runId, third.runId === first.runId]).toEqual([true, false])
  expect(third.metadata?.execution).toMatchObject({ resumable: true, sessions: [{ records: 20 }] })
  await expect(run({ resume: first.metadataPath ?? '' })).rejects.toMatchObject({
    code: 'bad_argument',
    message: expect.stringContaining('is complete: there is nothing to resume'),
  })
})

test('the file of a run of several sessions is what recover makes of its ledger, to the byte', async () => {
  const { run, state } = await sessions()
  state.fails = (n) => n % 6 === 1
  await run({ pauseAfter: 4 })
  await run({ resume: true, pauseAfter: 9 })
  const { metadataPath } = await run({ resume: true })
  const path = metadataPath ?? ''
  const live = readFileSync(path, 'utf8').replace(/"generated_at": .*/, '')
  rmSync(path)
  await recoverRun(ledgerPathOf(path))
  expect(readFileSync(path, 'utf8').replace(/"generated_at": .*/, '')).toBe(live)
})

test('a ledger cut at any byte of its last line is recovered and resumed, and the run is done to its end', async () => {
  const { run, outputDir } = await sessions({ records: 6 })
  const { metadataPath } = await run({ pauseAfter: 3 })
  const ledger = ledgerPathOf(metadataPath ?? '')
  const whole = readFileSync(ledger)
  const lastStart = whole.lastIndexOf(10, whole.length - 2) + 1
  const complete = withoutTimes(metadataPath ?? '')
  for (let size = lastStart; size <= whole.length; size += 1) {
    writeFileSync(ledger, whole.subarray(0, size))
    const { metadata, damagedLines } = await recoverRun(ledger)
    // The last line is the end of the session. Without it the process must have died.
    expect(metadata.status).toBe('interrupted')
    expect(metadata.aggregate_statistics.records.total_processed).toBe(3)
    const isWhole = size >= whole.length - 1
    expect(damagedLines).toBe(isWhole || size === lastStart ? 0 : 1)
    expect(withoutTimes(metadataPath ?? '') === complete).toBe(isWhole)
  }
  writeFileSync(ledger, whole.subarray(0, whole.length - 20))
  const resumed = await run({ resume: true })
  expect(resumed.records).toHaveLength(6)
  // The metadata file knows of one event more than the ledger has left: that is admitted.
  expect(resumed.metadata?.ledger).toMatchObject({ damaged_lines: 1, incomplete: true, missing_events: 1 })
  expect((await foldLedger(ledger)).totals.records.processed).toBe(6)
  expect(existsSync(join(outputDir, 'metadata'))).toBe(true)
})

test('a record whose row is lost is done again and counts once', async () => {
  const { run, done } = await sessions()
  const { outputPath } = await run({ pauseAfter: 8 })
  const part = outputPath.replace('.json', '.part.jsonl')
  const lines = readFileSync(part, 'utf8').split('\n')
  writeFileSync(part, `${lines.slice(0, 5).join('\n')}\n{"half`)
  const { metadata, records } = await run({ resume: true })
  expect(records).toHaveLength(20)
  expect(done).toHaveLength(8 + 12 + 3)
  expect(metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 20, total_failed: 0 })
})

test('a row that the ledger knows nothing of is made again, not kept twice', async () => {
  const { run } = await sessions()
  const { outputPath } = await run({ pauseAfter: 8 })
  const part = outputPath.replace('.json', '.part.jsonl')
  writeFileSync(part, `{"id":"r19","n":19,"double":0}\n${readFileSync(part, 'utf8')}`)
  const { records } = await run({ resume: true })
  expect(records.map(({ double }) => double)).toEqual(rows(20).map(({ n }) => n * 2))
  expect(idsIn(outputPath)).toHaveLength(20)
})

test('failed records are done again on request; what fails again and what does not is counted and noted once', async () => {
  const { run, state, done } = await sessions()
  state.fails = (n) => n % 5 === 0
  const first = await run()
  expect(first.metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 20, total_failed: 4 })
  const failures = first.outputPath.replace('.json', '_failed.jsonl')
  const noted = () =>
    readFileSync(failures, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line): string => JSON.parse(line).id)
  expect(noted().sort()).toEqual(['r0', 'r10', 'r15', 'r5'])
  state.fails = (n) => n === 10
  const again = await run({ resume: true, retryFailed: true })
  expect(again.runId).toBe(first.runId)
  expect(done).toHaveLength(24)
  expect(again.metadata?.aggregate_statistics.records).toMatchObject({ total_processed: 20, total_failed: 1 })
  expect(noted()).toEqual(['r10'])
  expect(again.records).toHaveLength(19)
  expect(idsIn(again.outputPath)).toHaveLength(19)
})

test('a run can be moved with its files, and is taken up from there', async () => {
  const { run, outputDir } = await sessions()
  await run({ pauseAfter: 5 })
  const moved = join(await scratchFolder(), 'elsewhere')
  renameSync(outputDir, moved)
  mkdirSync(outputDir)
  const { outputPath, records } = await run({ outputDir: moved, resume: true })
  expect(outputPath.startsWith(moved)).toBe(true)
  expect(records).toHaveLength(20)
})

test('more records than before are a further session of the same run', async () => {
  const { run } = await sessions()
  await run({ numRecords: 6, pauseAfter: 3 })
  const { metadata } = await run({ numRecords: 12, resume: true })
  expect(metadata).toMatchObject({ status: 'complete', execution: { num_records: 12 } })
  expect(metadata?.aggregate_statistics.records.total_processed).toBe(12)
})

test('a run that another one holds is refused, and so is resuming without a ledger', async () => {
  const { run } = await sessions()
  await run({ pauseAfter: 3 })
  let second: Promise<unknown> | undefined
  const first = run({
    resume: true,
    onRecord: async () => {
      second ??= run({ resume: true }).catch((error: unknown) => error)
      await second
    },
  })
  await first
  expect(await second).toMatchObject({ code: 'run_locked', message: expect.stringContaining(`process ${process.pid}`) })
  await expect(run({ resume: true, ledger: false })).rejects.toMatchObject({ code: 'bad_argument' })
})

test('without a ledger a stopped run has its output and its metadata, and cannot be resumed', async () => {
  const { run, outputDir } = await sessions()
  const result = await run({ ledger: false, pauseAfter: 4 })
  expect(result).toMatchObject({ status: 'interrupted', isResumable: false })
  expect(result.metadata?.ledger).toBeUndefined()
  expect(idsIn(result.outputPath)).toHaveLength(4)
  expect(existsSync(result.outputPath.replace('.json', '.part.jsonl'))).toBe(false)
  expect(existsSync(ledgerPathOf(result.metadataPath ?? ''))).toBe(false)
  expect(existsSync(join(outputDir, 'metadata'))).toBe(true)
})

test('a listener that throws changes nothing; a fault of whoever starts the run ends it with its account', async () => {
  const { run } = await sessions()
  const throws = () => {
    throw new Error('out of the listener')
  }
  const { metadata, records } = await run({ onEvent: throws, onNotice: throws })
  expect(records).toHaveLength(20)
  expect(metadata).toMatchObject({ status: 'complete', ledger: { incomplete: false } })
  await expect(run({ onStart: throws })).rejects.toThrow('out of the listener')
  const resumed = await run({ resume: true })
  expect(resumed.metadata?.execution.sessions?.map(({ status }) => status)).toEqual(['failed', 'complete'])
})
