import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { summarize } from '../../metadata/summary.ts'
import { workerLedgerPathOf } from '../files/run-names.ts'
import { foldLedger } from './fold-ledger.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { formatLedgerLine } from './ledger-line.ts'
import { lostLinesOf, RunLedgersTail, readRunLedgers, workersBeside } from './run-ledgers.ts'

const environment = { nodeVersion: 'v20', sygraVersion: '1' }

async function folder() {
  const directory = join(await scratchFolder(), 'metadata')
  mkdirSync(directory)
  return join(directory, 'ledger_t_2026-11-01_10-00-00.jsonl')
}

/** Writes a ledger; each entry with the time at which it was written. */
function write(path: string, writer: string, entries: readonly (readonly [number, LedgerEntry])[]) {
  writeFileSync(path, entries.map(([atMs, entry], seq) => formatLedgerLine({ seq, atMs, writer, entry })).join(''))
}

const start: LedgerEntry = {
  type: 'run-start',
  runId: 'r',
  session: 0,
  startedAtMs: 1,
  utcOffsetMinutes: 0,
  context: { taskName: 't' },
  environment,
  git: {},
}
const joins = (worker: string): LedgerEntry => ({
  type: 'worker-start',
  worker,
  session: 0,
  startedAtMs: 2,
  environment,
  concurrency: 4,
})
const ends = (recordId: string, worker: string): LedgerEntry => ({
  type: 'record-end',
  recordId,
  worker,
  succeeded: true,
})

async function threeLedgers() {
  const path = await folder()
  write(path, 'aa', [
    [1, start],
    [2, joins('w1')],
    [2, joins('w10')],
    [30, ends('a', 'w1')],
    [50, ends('b', 'w10')],
  ])
  write(workerLedgerPathOf(path, 'w1'), 'bb', [
    [10, requestEnd({ recordId: 'a', worker: 'w1' })],
    [30, requestEnd({ recordId: 'a', worker: 'w1' })],
  ])
  write(workerLedgerPathOf(path, 'w10'), 'cc', [[20, requestEnd({ recordId: 'b', worker: 'w10' })]])
  return path
}

test('the ledgers of a run are read as one, in the order of their times, a record behind what was done for it', async () => {
  const seen: string[] = []
  const path = await threeLedgers()
  expect(workersBeside(path)).toEqual(['w1', 'w10'])
  const report = await readRunLedgers(path, (entry, { atMs, worker, lineNumber }) =>
    seen.push(`${atMs} ${worker ?? 'run'}:${lineNumber} ${entry.type}`),
  )
  expect(seen).toEqual([
    '1 run:1 run-start',
    '2 run:2 worker-start',
    '2 run:3 worker-start',
    '10 w1:1 request-end',
    '20 w10:1 request-end',
    '30 w1:2 request-end',
    '30 run:4 record-end',
    '50 run:5 record-end',
  ])
  expect([report.entries, report.workers.get('w1')?.entries]).toEqual([5, 2])
})

test('ledgers folded in any order give the same file, with a row for each worker', async () => {
  const path = await threeLedgers()
  const { totals } = await foldLedger(path)
  const clock = { generatedAtMs: 100, utcOffsetMinutes: 0 }
  const whole = summarize(totals, clock)
  expect(whole.execution.workers).toMatchObject({
    w1: { records: 1, total_requests: 2, concurrency: 4 },
    w10: { records: 1, total_requests: 1 },
  })
  const { RunTotals } = await import('../../metadata/run-totals.ts')
  const parts = await Promise.all(
    [workerLedgerPathOf(path, 'w10'), path, workerLedgerPathOf(path, 'w1')].map(async (one) => {
      const part = new RunTotals()
      const { readLedger } = await import('./ledger-reader.ts')
      await readLedger(one, (entry) => {
        if (entry.type !== 'run-plan' && entry.type !== 'row-write') part.add(entry)
      })
      return part
    }),
  )
  const merged = new RunTotals()
  for (const part of parts) merged.merge(part)
  expect(summarize(merged, clock)).toEqual(whole)
})

test('a line that is told twice counts once, and one that is missing in the ledger of a worker is known', async () => {
  const path = await threeLedgers()
  const line = (seq: number) =>
    formatLedgerLine({ seq, atMs: 40, writer: 'bb', entry: requestEnd({ recordId: 'a', worker: 'w1' }) })
  writeFileSync(workerLedgerPathOf(path, 'w1'), `${line(0)}${line(1)}${line(1)}${line(3)}`)
  const fold = await foldLedger(path)
  expect(
    fold.totals.workers.get('w1') && summarize(fold.totals, { generatedAtMs: 1, utcOffsetMinutes: 0 }),
  ).toMatchObject({ execution: { workers: { w1: { total_requests: 3 } } } })
  expect([fold.missingEntries, lostLinesOf(fold).missingEntries]).toEqual([0, 1])
})

test('a worker that joins while the ledgers are followed is followed too', async () => {
  const path = await folder()
  write(path, 'aa', [[1, start]])
  const tail = new RunLedgersTail(path)
  const seen: string[] = []
  const read = () => tail.read((entry, { worker }) => seen.push(`${worker ?? 'run'} ${entry.type}`))
  await read()
  write(workerLedgerPathOf(path, 'w1'), 'bb', [[10, requestEnd({ worker: 'w1' })]])
  await read()
  await read()
  expect(seen).toEqual(['run run-start', 'w1 request-end'])
})
