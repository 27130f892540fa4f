import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  write,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { RequestEnd } from '../../metadata/event.ts'
import { isMetadataEvent } from '../../metadata/events/read-event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { summarize } from '../../metadata/summary.ts'
import { MetadataCollector } from '../collector/metadata-collector.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { ledgerFile, type WriteCalls } from './ledger-file.ts'
import { LedgerSequence, LedgerTail, readLedger } from './ledger-reader.ts'
import { LedgerWriter } from './ledger-writer.ts'

const directory = mkdtempSync(join(tmpdir(), 'sygra-ledger-'))
let number = 0
function newPath(): string {
  number += 1
  return join(directory, `ledger_${number}.jsonl`)
}
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function requestAt(index: number): RequestEnd {
  return {
    type: 'request-end',
    callId: `1-${index}`,
    model: `model ${index % 3}`,
    node: index % 5 === 0 ? undefined : `node "${index % 2}" é`,
    status: index % 7 === 0 ? 503 : 200,
    resendCount: index % 11 === 0 ? 1 : 0,
    startedAtMs: 1_700_000_000_000 + index,
    durationSeconds: 0.1 + index / 3,
    usage: { input: index, output: index * 2 },
  }
}

async function entriesOf(path: string) {
  const entries: LedgerEntry[] = []
  const report = await readLedger(path, (entry) => entries.push(entry))
  return { entries, report }
}

async function written(events: readonly LedgerEntry[]): Promise<string> {
  const ledger = new LedgerWriter({ path: newPath() })
  for (const event of events) ledger.append(event)
  await ledger.close()
  return ledger.path
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a tail gives what was appended since it was read last, half a line when it is whole', async () => {
  const events = Array.from({ length: 5 }, (_, index) => requestAt(index))
  const whole = readFileSync(await written(events))
  const path = newPath()
  const tail = new LedgerTail(path)
  const entries: LedgerEntry[] = []
  const counts: number[] = []
  for (let start = 0; start < whole.length; start += 100) {
    appendFileSync(path, whole.subarray(start, start + 100))
    await tail.read((entry) => entries.push(entry))
    counts.push(entries.length)
  }
  expect(entries).toEqual(json(events))
  expect(new Set(counts).size).toBeGreaterThan(4)
  expect(tail.readBytes).toBe(whole.length)
  expect(tail.end(() => {})).toMatchObject({ entries: 5, damagedLines: 0, isTorn: false })
})

test('a change of concurrency, which has a time of its own, is read back', async () => {
  const change = { type: 'concurrency-change', provider: 'openai', limit: 4, reason: 'rate-limit', atMs: 5 } as const
  const { entries, report } = await entriesOf(await written([change]))
  expect(entries).toEqual([change])
  expect(report.damagedLines).toBe(0)
})

test('what is appended is read back, in order', async () => {
  const events = Array.from({ length: 3_000 }, (_, index) => requestAt(index))
  const { entries, report } = await entriesOf(await written(events))
  expect(entries).toEqual(json(events))
  expect(report).toMatchObject({ entries: 3_000, damagedLines: 0, missingEntries: 0, lastSeq: 2_999, isTorn: false })
})

test('an event that has a time of its own keeps it', async () => {
  const change = { type: 'concurrency-change', provider: 'p', limit: 4, reason: 'start', atMs: 17 } as const
  expect((await entriesOf(await written([change]))).entries).toEqual([change])
})

test('what was kept is in the file before anything is closed', async () => {
  const ledger = new LedgerWriter({ path: newPath() })
  ledger.append(requestAt(1))
  await ledger.kept()
  expect((await entriesOf(ledger.path)).report.entries).toBe(1)
  ledger.append(requestAt(2))
  ledger.flushSync()
  expect((await entriesOf(ledger.path)).report.entries).toBe(2)
  await ledger.close()
})

test('a ledger cut at any byte of its last line loses that line and nothing else', async () => {
  const path = await written([requestAt(1), requestAt(2), requestAt(3)])
  const whole = readFileSync(path)
  const lastStart = whole.lastIndexOf(10, whole.length - 2) + 1
  for (let size = lastStart; size < whole.length; size += 1) {
    writeFileSync(path, whole)
    truncateSync(path, size)
    const { report } = await entriesOf(path)
    // Without its line end alone the last line is still whole.
    expect(report.entries).toBe(size === whole.length - 1 ? 3 : 2)
    expect(report.damagedLines).toBe(size > lastStart && size < whole.length - 1 ? 1 : 0)
    const ledger = new LedgerWriter({ path, past: report })
    ledger.append(requestAt(4))
    await ledger.close()
    expect((await entriesOf(path)).report.entries).toBe(report.entries + 1)
  }
})

test('a line whose bytes were changed is counted as damaged and passed over', async () => {
  const path = await written([requestAt(1), requestAt(2), requestAt(3)])
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('"input":2', '"input":9'))
  const { entries, report } = await entriesOf(path)
  expect(entries).toEqual(json([requestAt(1), requestAt(3)]))
  expect(report).toMatchObject({ damagedLines: 1, missingEntries: 1 })
})

test('lines that are no entries do not stop the reading', async () => {
  const path = await written([requestAt(1)])
  appendFileSync(path, '\n\n{"v":1}\nnull\n[]\n{"v":2,"seq":9}\n')
  expect((await entriesOf(path)).report).toMatchObject({ entries: 1, damagedLines: 5 - 1 })
})

test('an entry that was written twice counts once', async () => {
  const path = await written([requestAt(1), requestAt(2)])
  appendFileSync(path, readFileSync(path))
  expect((await entriesOf(path)).report.entries).toBe(2)
})

test('numbers are taken once in any order, and what is missing is known', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40)), (numbers) => {
      const sequence = new LedgerSequence()
      const seen = new Set<number>()
      for (const one of numbers) {
        expect(sequence.take(one)).toBe(!seen.has(one))
        seen.add(one)
      }
      const last = Math.max(-1, ...numbers)
      expect([sequence.last, sequence.missing]).toEqual([last, last + 1 - seen.size])
    }),
  )
})

/** A disk that takes a few bytes of each write while it is full, and then says so. */
function fullDisk() {
  const disk = { isFull: true }
  const noSpace = new Error('ENOSPC: no space left on device')
  const takeFew = (descriptor: number, bytes: Buffer) => {
    if (bytes.length <= 20) throw noSpace
    return writeSync(descriptor, bytes.subarray(0, 20))
  }
  let isRefused = false
  const calls: WriteCalls = {
    write(descriptor, bytes, done) {
      if (!disk.isFull) write(descriptor, bytes, done)
      else if (isRefused) done(noSpace, 0)
      else done(null, takeFew(descriptor, bytes))
      isRefused = !isRefused
    },
    writeSync(descriptor, bytes) {
      if (!disk.isFull) return writeSync(descriptor, bytes)
      throw noSpace
    },
  }
  return { disk, calls }
}

test('a disk that was full for a while costs no event', async () => {
  const { disk, calls } = fullDisk()
  const problems: string[] = []
  const path = newPath()
  const onProblem = (message: string) => problems.push(message)
  const ledger = new LedgerWriter({ path, file: ledgerFile(path, calls), onProblem })
  ledger.append(requestAt(1))
  await ledger.kept()
  ledger.append(requestAt(2))
  await ledger.kept()
  expect(ledger.state.isIncomplete).toBe(true)
  disk.isFull = false
  await ledger.close()
  expect(ledger.state).toMatchObject({ isIncomplete: false, events: 2 })
  expect(problems).toEqual(['ENOSPC: no space left on device'])
  const { entries, report } = await entriesOf(path)
  expect(entries).toEqual(json([requestAt(1), requestAt(2)]))
  // The line that was cut off when the disk was full.
  expect(report).toMatchObject({ damagedLines: 1, missingEntries: 0 })
})

test('on a disk that stays full memory is bounded and the ledger says that it is incomplete', async () => {
  const path = newPath()
  const ledger = new LedgerWriter({ path, file: ledgerFile(path, fullDisk().calls) })
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < 60_000; index += 1) ledger.append(requestAt(index))
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6)
  await ledger.close()
  expect(ledger.state).toMatchObject({ isIncomplete: true, events: 0 })
})

test('a ledger whose folder cannot be made is incomplete, and says so once', async () => {
  const file = newPath()
  writeFileSync(file, '')
  const problems: string[] = []
  const ledger = new LedgerWriter({ path: join(file, 'x.jsonl'), onProblem: (message) => problems.push(message) })
  ledger.append(requestAt(1))
  await ledger.kept()
  ledger.append(requestAt(2))
  await ledger.close()
  expect(problems).toHaveLength(1)
  expect(ledger.state).toMatchObject({ isIncomplete: true, events: 0 })
})

test('an entry that cannot be written as JSON is counted as lost and breaks nothing', async () => {
  const ledger = new LedgerWriter({ path: newPath() })
  ledger.append({ ...requestAt(1), rawUsage: { total: 1n } })
  ledger.append(requestAt(2))
  await ledger.close()
  expect(ledger.state).toMatchObject({ isIncomplete: true, events: 1 })
  expect((await entriesOf(ledger.path)).report).toMatchObject({ entries: 1, missingEntries: 1 })
})

test('a burst of 100,000 events is in the file, none lost, none held back', async () => {
  const events = Array.from({ length: 100_000 }, () => requestAt(1))
  const { report } = await entriesOf(await written(events))
  expect(report).toMatchObject({ entries: 100_000, missingEntries: 0, damagedLines: 0 })
})

test('a ledger whose folder was removed is put back whole', async () => {
  const path = join(directory, 'inner', 'ledger.jsonl')
  const ledger = new LedgerWriter({ path })
  ledger.append(requestAt(1))
  await ledger.kept()
  rmSync(join(directory, 'inner'), { recursive: true })
  ledger.append(requestAt(2))
  await ledger.sync()
  ledger.append(requestAt(3))
  await ledger.close()
  expect(existsSync(path)).toBe(true)
  expect((await entriesOf(path)).report.entries).toBe(3)
})

test('folding a ledger gives the file that folding the events live gave', async () => {
  const collector = new MetadataCollector({ runId: 'r' })
  const ledger = new LedgerWriter({ path: newPath() })
  collector.keepIn(ledger)
  const git = {}
  const environment = { nodeVersion: 'v20', sygraVersion: '1', host: 'h', pid: 1 }
  collector.startRun({ context: { taskName: 't' }, environment, git })
  for (let index = 0; index < 500; index += 1) collector.record(requestAt(index))
  collector.record({ type: 'node-end', node: 'n', nodeType: 'llm', succeeded: true, durationSeconds: 0.1 })
  collector.record({ type: 'record-end', recordId: 'a', succeeded: false, durationSeconds: 1.1, costPicodollars: 12 })
  collector.endRun('complete')
  await ledger.close()
  const totals = new RunTotals()
  await readLedger(ledger.path, (entry) => {
    if (isMetadataEvent(entry)) totals.add(entry)
  })
  const { ledger: _, ...live } = collector.getMetadataSummary()
  const folded = summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })
  expect(JSON.stringify({ ...folded, generated_at: '' })).toBe(JSON.stringify({ ...live, generated_at: '' }))
})
