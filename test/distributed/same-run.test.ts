import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Metadata } from '../../src/metadata/schema.ts'
import { summarize } from '../../src/metadata/summary.ts'
import { workerLedgerPathOf } from '../../src/runtime/files/run-names.ts'
import { foldLedger } from '../../src/runtime/ledger/fold-ledger.ts'
import type { LedgerEntry } from '../../src/runtime/ledger/ledger-entry.ts'
import { formatLedgerLine, parseLedgerLine } from '../../src/runtime/ledger/ledger-line.ts'
import { RunLedgersTail } from '../../src/runtime/ledger/run-ledgers.ts'
import { logNormal, randomOf } from '../../src/seeded-random.ts'
import { metadataOf, runFiles } from '../helpers/fault-project.ts'
import { isLong } from '../helpers/is-long.ts'
import { requestEnd } from '../helpers/request-end.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'
import { ends, openProject, type TestedTransport } from './contract.ts'

// How long a request took on a machine says how busy the machine was. So the runs here are real, with all their processes and
// ledgers, and only the times in the lines are drawn: from a seed, by what a line is about.

const seed = 5

/** Times as a model has them, the same for the same thing wherever and whenever it was done. */
function drawnSeconds(...about: readonly (string | number | undefined)[]): number {
  const random = randomOf(seed, ...about.map((label) => label ?? ''))
  return logNormal({ mean: 1.2, sigma: 0.8, random })
}

/** The entry with the time that the seed gives it. */
function withDrawnTime(entry: LedgerEntry): LedgerEntry {
  switch (entry.type) {
    case 'request-end': {
      const { node, recordId, resendCount } = entry
      return { ...entry, durationSeconds: drawnSeconds('request', node, recordId, resendCount) }
    }
    case 'node-end':
      return { ...entry, durationSeconds: drawnSeconds('node', entry.node, entry.recordId) }
    case 'record-end':
      return { ...entry, durationSeconds: drawnSeconds('record', entry.recordId) }
    default:
      return entry
  }
}

/** What a run's ledgers come to when their times are drawn. */
async function foldedWithDrawnTimes(output: string): Promise<Metadata> {
  const folder = await scratchFolder()
  const { ledger = '' } = runFiles(output)
  cpSync(join(output, 'metadata'), folder, { recursive: true })
  const path = join(folder, ledger.slice(ledger.lastIndexOf('ledger_')))
  for (const file of new RunLedgersTail(path).paths()) {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    const drawn = lines.map((text) => {
      const line = parseLedgerLine(Buffer.from(text))
      if (line === undefined) throw new Error(`${file}: ${text}`)
      return formatLedgerLine({ ...line, entry: withDrawnTime(line.entry) })
    })
    writeFileSync(file, drawn.join(''))
  }
  return foldedAt(path)
}

async function foldedAt(path: string): Promise<Metadata> {
  const { totals, damagedLines, missingEntries } = await foldLedger(path)
  expect([damagedLines, missingEntries]).toEqual([0, 0])
  return summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })
}

const processes: TestedTransport = {
  comeTogether: true,
  open: async () => (workers: number) => ['--workers', String(workers)],
}

const records = 120
const most = isLong ? 8 : 3

/** A run, as its own file has it and as it is with drawn times. */
async function ran(workers: number) {
  const { output, provider, runInShared } = await openProject(processes, records, { timeScale: 0.02, seed })
  await ends(runInShared(workers))
  await provider.stop()
  return { own: metadataOf(output), drawn: await foldedWithDrawnTimes(output) }
}

/** All figures of a run but those of who did it, where, and how long it took by the clock of the wall. */
function figuresOf({ aggregate_statistics: totals, models, ...rest }: Metadata) {
  const { throughput: _throughput, ...aggregate } = totals
  const { execution: _execution, run_id: _id, ...others } = rest
  const withoutUrl = Object.entries(models).map(([name, { model_url: _url, ...model }]) => [name, model])
  return { ...others, aggregate, models: Object.fromEntries(withoutUrl) }
}

/** Of the requests of the one model. */
function latencyOf({ models }: Metadata) {
  const [model, ...others] = Object.values(models)
  if (model === undefined || others.length > 0) throw new Error(`models: ${Object.keys(models)}`)
  return model.performance.latency_statistics
}

/** What no time enters, as the run itself has written it. */
function countsOf({ aggregate_statistics: { records, tokens, cost, requests } }: Metadata) {
  return { records, tokens, cost, requests }
}

test(`the same run on 1 and on ${most} workers comes to the same figures, percentiles included, to the last digit`, {
  timeout: 120_000,
}, async () => {
  const [one, many] = [await ran(1), await ran(most)]
  const [workers, drawn] = [many.own.execution.workers ?? {}, figuresOf(many.drawn)]
  expect(Object.keys(one.own.execution.workers ?? {})).toEqual(['w1'])
  expect(Object.keys(workers)).toHaveLength(most)
  // On a busy machine the last may come when all is done.
  expect(Object.values(workers).filter((worker) => worker.records > 0).length).toBeGreaterThan(1)
  expect(countsOf(many.own)).toEqual(countsOf(one.own))
  expect(drawn).toEqual(figuresOf(one.drawn))
  // The times are there, and are those of the seed.
  const seconds = Array.from({ length: records }, (_, index) => drawnSeconds('request', 'ask', `r${index}`, 0))
  const { p50, p95, p99 } = latencyOf(many.drawn)
  for (const [share, found] of [
    [0.5, p50],
    [0.95, p95],
    [0.99, p99],
  ] as const) {
    expect(found).toBeCloseTo(quantileOf(seconds, share), 2)
  }
  for (const { own } of [one, many]) {
    const sumOf = (key: 'records' | 'total_requests' | 'total_tokens') =>
      Object.values(own.execution.workers ?? {}).reduce((sum, worker) => sum + worker[key], 0)
    const totals = own.aggregate_statistics
    expect(sumOf('records')).toBe(totals.records.total_processed)
    expect(sumOf('total_requests')).toBe(totals.requests.total_requests)
    expect(sumOf('total_tokens')).toBe(totals.tokens.total_tokens)
  }
})

test('more requests than are kept one by one: in 1 and in 8 ledgers the same figures, and percentiles within 1 %', async () => {
  const count = 40_000
  const seconds = Array.from({ length: count }, (_, index) => drawnSeconds(index))
  const random = randomOf(seed, 'who does it')
  const divided = async (workers: number) => {
    const path = join(await scratchFolder(), 'ledger_t_2026-11-01_10-00-00.jsonl')
    const entries = Array.from({ length: workers }, (): LedgerEntry[] => [])
    for (const [index, durationSeconds] of seconds.entries()) {
      const worker = Math.floor(random() * workers)
      const [node, recordId] = [`n${index % 3}`, `r${index}`]
      const cost = { status: 'priced', picodollars: 1_000_003 * (index % 101), lines: [] } as const
      entries[worker]?.push(requestEnd({ worker: `w${worker + 1}`, node, recordId, durationSeconds, cost }))
    }
    write(path, [start])
    for (const [worker, ones] of entries.entries()) write(workerLedgerPathOf(path, `w${worker + 1}`), ones)
    return foldedAt(path)
  }
  const [one, eight] = [await divided(1), await divided(8)]
  expect(figuresOf(eight)).toEqual(figuresOf(one))
  expect(eight.aggregate_statistics.requests.total_requests).toBe(count)
  const found = latencyOf(eight)
  for (const [share, percentile] of [
    [0.5, found.p50],
    [0.95, found.p95],
    [0.99, found.p99],
  ] as const) {
    const exact = quantileOf(seconds, share)
    expect(Math.abs(percentile - exact) / exact).toBeLessThan(0.01)
  }
})

const start: LedgerEntry = {
  type: 'run-start',
  runId: 'r',
  session: 0,
  startedAtMs: 1,
  utcOffsetMinutes: 0,
  context: { taskName: 't' },
  environment: { nodeVersion: 'v20', sygraVersion: '1' },
  git: {},
}

/** Writes a ledger, in which the lines of several have their times in turn. */
function write(path: string, entries: readonly LedgerEntry[]): void {
  writeFileSync(path, entries.map((entry, seq) => formatLedgerLine({ seq, atMs: seq, entry })).join(''))
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = share * (sorted.length - 1)
  const [below = 0, above = below] = sorted.slice(Math.floor(position))
  return below + (above - below) * (position - Math.floor(position))
}
