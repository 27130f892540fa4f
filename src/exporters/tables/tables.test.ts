import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryEvents } from '../../../test/helpers/arbitrary-events.ts'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { sampleEvents, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { RequestCost } from '../../metadata/cost.ts'
import type { BatchChange, MetadataEvent, RecordEnd, RunStart } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { summarize } from '../../metadata/summary.ts'
import type { Cell } from './column.ts'
import { csvLine, jsonLine } from './format-row.ts'
import { picodollarsOfSum, picodollarsOfWritten, usdText } from './money.ts'
import { runsTable } from './runs-table.ts'
import { ledgerTables } from './tables.ts'

type NamedRow = Readonly<Record<string, Cell>>

/** The rows of a table by the names of its columns. */
function rowsOf(table: keyof typeof ledgerTables, events: readonly MetadataEvent[]): NamedRow[] {
  const { columns, begin } = ledgerTables[table]
  const reader = begin()
  const placed = events.map((event, index) => ({ event, place: { lineNumber: index + 1, atMs: 0 } }))
  for (const { event, place } of placed) reader.scan?.(event, place)
  const rows = [...placed.flatMap(({ event, place }) => reader.take(event, place)), ...reader.end()]
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])))
}

function sumOf(rows: readonly NamedRow[], column: string): bigint {
  return rows.reduce((sum, row) => sum + BigInt(row[column] === null ? 0 : Number(row[column])), 0n)
}

function foldOf(events: readonly MetadataEvent[]): RunTotals {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return totals
}

const fileOf = (totals: RunTotals) => summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })

test('sums over requests and over calls are those of the account, whatever happened', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const totals = foldOf(events)
      const { aggregate_statistics: file } = fileOf(totals)
      const { cost } = totals.allRequests()
      const requests = rowsOf('requests', events).filter(({ outcome }) => outcome !== 'unknown')
      const calls = rowsOf('calls', events)
      expect(requests.length).toBe(file.requests.total_requests)
      expect(requests.filter(({ attempt }) => Number(attempt) > 0).length).toBe(file.requests.total_retries)
      expect(sumOf(calls, 'requests')).toBe(BigInt(file.requests.total_requests))
      expect(sumOf(calls, 'retries')).toBe(BigInt(file.requests.total_retries))
      for (const rows of [requests, calls]) {
        expect(sumOf(rows, 'prompt_tokens')).toBe(BigInt(file.tokens.total_prompt_tokens))
        expect(sumOf(rows, 'completion_tokens')).toBe(BigInt(file.tokens.total_completion_tokens))
        expect(sumOf(rows, 'total_tokens')).toBe(BigInt(file.tokens.total_tokens))
        expect(sumOf(rows, 'cost_usd')).toBe(picodollarsOfSum(cost.spent))
        expect(sumOf(rows, 'simulated_cost_usd')).toBe(picodollarsOfSum(cost.simulated))
      }
      for (const [status, count] of Object.entries(cost.requestsByStatus)) {
        expect(requests.filter((row) => row.cost_status === status).length, status).toBe(count)
      }
      const nodes = rowsOf('nodes', events)
      expect(nodes.length).toBe(events.filter(({ type }) => type === 'node-end').length)
    }),
  )
})

const isRepeat = ({ repeatsFailure, repeatsSuccess }: RecordEnd) => repeatsFailure === true || repeatsSuccess === true

test('the last ends of the records are those that the account counts', () => {
  fc.assert(
    fc.property(arbitraryEvents, (given) => {
      // Which record is done again, a run says by its id: here each of them is another one.
      const events = given.filter((event) => event.type !== 'record-end' || !isRepeat(event))
      const { records } = fileOf(foldOf(events)).aggregate_statistics
      const rows = rowsOf('records', events).filter(({ is_last }) => is_last)
      expect(rows.length).toBe(records.total_processed)
      expect(rows.filter(({ outcome }) => outcome === 'failed').length).toBe(records.total_failed)
    }),
  )
})

test('requests of a node in the table are the requests of the node in the file', () => {
  const events = sampleEvents({ records: 30, retryEvery: 4, failEvery: 9 })
  const file = fileOf(foldOf(events))
  for (const [name, node] of Object.entries(file.nodes)) {
    const rows = rowsOf('requests', events).filter((row) => row.node === name)
    expect(rows.length).toBe(node.requests?.total_requests)
    expect(sumOf(rows, 'total_tokens')).toBe(BigInt(node.token_statistics?.total_tokens ?? 0))
    const written = picodollarsOfWritten(node.cost?.total_cost_usd ?? 0)
    const difference = sumOf(rows, 'cost_usd') - written
    // The file has six digits.
    expect(difference <= 500_000n && difference >= -500_000n).toBe(true)
  }
  const calls = rowsOf('calls', events)
  expect(calls.filter(({ has_first_try }) => has_first_try).length).toBe(file.aggregate_statistics.calls?.total)
  expect(calls.filter(({ outcome }) => outcome === 'failed').length).toBe(file.aggregate_statistics.calls?.failed)
  const records = rowsOf('records', events)
  expect(sumOf(records, 'cost_usd')).toBe(sumOf(rowsOf('requests', events), 'cost_usd'))
  expect(sumOf(records, 'retries')).toBe(BigInt(file.aggregate_statistics.requests.total_retries))
})

const cost = (fields: Partial<RequestCost>): RequestCost => ({ status: 'priced', picodollars: 0, lines: [], ...fields })

test('what an amount is worth stands beside it, and a rehearsal is no money', () => {
  const events = [
    requestEnd({ callId: 'a', cost: cost({ picodollars: 618_000_000 }) }),
    requestEnd({ callId: 'b', cost: cost({ status: 'partial', picodollars: 5, reason: 'its audio has no price' }) }),
    requestEnd({ callId: 'c', cost: cost({ status: 'unpriced', reason: 'nobody lists it' }) }),
    requestEnd({ callId: 'd', cost: cost({ status: 'simulated', picodollars: 7 }) }),
    requestEnd({ callId: 'e', cost: cost({ status: 'simulated', rehearsedStatus: 'unpriced' }) }),
    requestEnd({ callId: 'f', cost: cost({ status: 'reported', picodollars: 9, calculatedPicodollars: 8 }) }),
    requestEnd({ callId: 'g' }),
    requestEnd({ callId: 'h', status: 500 }),
  ]
  const columns = ['cost_usd', 'simulated_cost_usd', 'cost_status', 'calculated_cost_usd'] as const
  const found = rowsOf('requests', events).map((row) => columns.map((name) => row[name]))
  expect(found).toEqual([
    [618_000_000n, null, 'priced', null],
    [5n, null, 'partial', null],
    [null, null, 'unpriced', null],
    [null, 7n, 'simulated', null],
    [null, null, 'simulated', null],
    [9n, null, 'reported', 8n],
    [null, null, 'unpriced', null],
    [null, null, null, null],
  ])
  expect(rowsOf('calls', events).map((row) => row.cost_usd)).toEqual(found.map(([usd]) => usd))
})

const start = (session: number): RunStart => ({
  type: 'run-start',
  runId: 'r',
  session,
  startedAtMs: 0,
  utcOffsetMinutes: 60,
  context: { taskName: 't' },
  environment: { nodeVersion: '20', sygraVersion: '0' },
  git: {},
})

test('what was in flight when the process died is there, told apart, and each session has its own calls', () => {
  const sent = {
    type: 'request-start',
    callId: '1',
    model: 'm',
    resendCount: 0,
    startedAtMs: 5,
    recordId: 'a',
  } as const
  const events: MetadataEvent[] = [
    start(0),
    requestEnd({ callId: '0', recordId: 'a', status: 429, cost: undefined }),
    sent,
    requestEnd({ callId: '0', recordId: 'a', resendCount: 1, callDurationSeconds: 3, cost: cost({ picodollars: 3 }) }),
    // The same id in another session is another call.
    start(1),
    requestEnd({ callId: '0', recordId: 'a', cost: cost({ picodollars: 4 }) }),
    { type: 'record-end', recordId: 'a', succeeded: true },
  ]
  const requests = rowsOf('requests', events)
  expect(requests.map(({ session, call_id, outcome }) => [session, call_id, outcome])).toEqual([
    [0, '0', 'failed'],
    [0, '0', 'succeeded'],
    [0, '1', 'unknown'],
    [1, '0', 'succeeded'],
  ])
  const calls = rowsOf('calls', events)
  expect(
    calls.map(({ session, call_id, outcome, requests, cost_usd }) => [session, call_id, outcome, requests, cost_usd]),
  ).toEqual(
    expect.arrayContaining([
      [0, '0', 'succeeded', 2, 3n],
      [0, '1', 'unknown', 0, null],
      [1, '0', 'succeeded', 1, 4n],
    ]),
  )
  expect(calls.length).toBe(3)
  expect(calls.find(({ session, call_id }) => session === 0 && call_id === '0')?.duration_seconds).toBe(3)
  const records = rowsOf('records', events)
  expect(records.map(({ session, outcome, is_last, cost_usd }) => [session, outcome, is_last, cost_usd])).toEqual([
    [0, 'unfinished', false, 3n],
    [1, 'succeeded', true, 4n],
  ])
})

test('the result of deferred work counts once, though it is read twice', () => {
  const result = requestEnd({ callId: 'a', isDeferred: true, responseId: 'batch-1', cost: cost({ picodollars: 6 }) })
  const events = [result, { ...result, callId: 'b' }]
  for (const table of ['requests', 'calls'] as const) expect(sumOf(rowsOf(table, events), 'cost_usd')).toBe(6n)
})

test('a record that was done again has a row each time, and counts once', () => {
  const events: MetadataEvent[] = [
    start(0),
    { type: 'record-end', recordId: 'a', succeeded: false },
    start(1),
    { type: 'record-end', recordId: 'a', succeeded: true, repeatsFailure: true },
  ]
  expect(rowsOf('records', events).map(({ outcome, is_last }) => [outcome, is_last])).toEqual([
    ['failed', false],
    ['succeeded', true],
  ])
})

test('the row of a run has the figures of its file', () => {
  const metadata = sampleMetadata({ records: 20 })
  const row = runsTable.rowOf({ metadata, path: 'm.json' })
  const named = Object.fromEntries(runsTable.columns.map(({ name }, index) => [name, row[index]]))
  const { cost, requests } = metadata.aggregate_statistics
  expect(usdText(named.cost_usd as bigint)).toBe(String(cost.total_cost_usd))
  expect(named).toMatchObject({ requests: requests.total_requests, cost_status: 'priced', simulated_cost_usd: null })
  const rehearsal = runsTable.rowOf({ metadata: sampleMetadata({ costStatus: 'simulated' }), path: 'm.json' })
  const ofRehearsal = Object.fromEntries(runsTable.columns.map(({ name }, index) => [name, rehearsal[index]]))
  expect(ofRehearsal).toMatchObject({ cost_usd: null, cost_status: 'simulated' })
  expect(ofRehearsal.simulated_cost_usd).toBeGreaterThan(0n)
})

test('every amount that is written is read back digit by digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (picodollars) => {
      const text = usdText(picodollars)
      const [whole = '', fraction = ''] = text.split('.')
      expect(BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, '0'))).toBe(picodollars)
      expect(text).toMatch(/^\d+(\.\d*[1-9])?$/)
    }),
  )
  expect([0.000618, 6e-7, 1.5, 123456.789012, 0, 1e-12].map(picodollarsOfWritten)).toEqual([
    618_000_000n,
    600_000n,
    1_500_000_000_000n,
    123_456_789_012_000_000n,
    0n,
    1n,
  ])
})

test('CSV keeps what is not known apart from what is empty, and JSON keeps money out of floats', () => {
  const columns = [
    { name: 'a', kind: 'text', sentence: '' },
    { name: 'b', kind: 'usd', sentence: '' },
    { name: 'c', kind: 'timestamp', sentence: '' },
  ] as const
  expect(csvLine(columns, ['', null, null])).toBe('"",,')
  expect(csvLine(columns, ['say "hi",\nthen', 1n, 1_764_352_034_606_001])).toBe(
    '"say ""hi"",\nthen",0.000000000001,2025-11-28T17:47:14.606001Z',
  )
  expect(jsonLine(columns, [null, 1_500_000_000_000n, 0])).toBe(
    '{"a":null,"b":"1.5","c":"1970-01-01T00:00:00.000000Z"}',
  )
})

test('the cost of a run with calls that nobody has read the answers of is a lower bound', () => {
  const row = (state: BatchChange['state']) => {
    const batch: BatchChange = { type: 'batch-change', batch: 'b', model: 'gpt-4o', state, lines: 5, atMs: 0 }
    const events = [...sampleEvents({ status: 'interrupted' }), batch]
    const values = runsTable.rowOf({ metadata: fileOf(foldOf(events)), path: 'm.json' })
    return Object.fromEntries(runsTable.columns.map(({ name }, index) => [name, values[index]]))
  }
  expect(row('waiting')).toMatchObject({ calls_in_batches: 5, cost_is_lower_bound: true })
  expect(row('submitting')).toMatchObject({ calls_in_batches: 5, cost_is_lower_bound: true })
  expect(row('ended')).toMatchObject({ calls_in_batches: 0, cost_is_lower_bound: false })
})
