import { expect, test } from 'vitest'
import type { RequestCost } from '../../metadata/cost.ts'
import type { MetadataEvent, RequestEnd } from '../../metadata/event.ts'
import { LedgerFold } from './ledger-fold.ts'
import { detailRecord } from './record-detail.ts'
import { listRecords } from './record-list.ts'
import { sliceOf } from './run-slice.ts'

const usage = { input: 100, output: 10 }

function request(recordId: string, node: string, extra: Partial<RequestEnd> = {}): RequestEnd {
  return {
    type: 'request-end',
    callId: `${recordId} ${node}`,
    model: node === 'write' ? 'small' : 'large',
    node,
    recordId,
    status: 200,
    resendCount: 0,
    startedAtMs: 0,
    durationSeconds: 1,
    usage,
    cost: priced(1_000),
    ...extra,
  }
}

function priced(picodollars: number): RequestCost {
  return { status: 'priced', picodollars, lines: [] }
}

const failed = { usage: undefined, cost: undefined } as const
const noUsage = { status: 'unpriced', picodollars: 0, lines: [], reason: 'the answer reported no usage' } as const

// r1: four priced answers. r2: six attempts that all failed. r3: an answer that was cut, then a priced one.
const events: MetadataEvent[] = [
  request('r1', 'write'),
  request('r1', 'check', { cost: priced(9_000), startedAtMs: 2_000, durationSeconds: 3 }),
  { type: 'record-end', recordId: 'r1', succeeded: true, durationSeconds: 5, costPicodollars: 10_000 },
  ...Array.from({ length: 6 }, (_, resendCount) =>
    request('r2', 'write', { ...failed, status: resendCount % 2 === 0 ? 429 : 502, resendCount, waitSeconds: 2 }),
  ),
  { type: 'node-end', node: 'write', nodeType: 'llm', recordId: 'r2', succeeded: false, durationSeconds: 9 },
  {
    type: 'record-end',
    recordId: 'r2',
    succeeded: false,
    errorType: 'http_502',
    durationSeconds: 9,
    costPicodollars: 0,
  },
  request('r3', 'check', { cost: noUsage, usage: undefined, errorType: 'connection_cut' }),
  request('r3', 'check', { cost: priced(5_000), resendCount: 1, startedAtMs: 9_000 }),
  { type: 'record-end', recordId: 'r3', succeeded: true, durationSeconds: 9, costPicodollars: 5_000 },
]

const fold = new LedgerFold({ withTotals: false })
for (const event of events) fold.add(event, 0)

test('a part of a run adds up to what its requests are', () => {
  const whole = sliceOf(fold, {})
  expect(whole.whole).toMatchObject({ requests: 10, answers: 3, failedAttempts: 7, retries: 6, waitSeconds: 12 })
  expect(whole.whole.cost).toEqual({ total_cost_usd: 15_000e-12, status: 'partial', unpriced_requests: 1 })
  expect(whole.nodes.map(({ node, requests }) => [node, requests])).toEqual([
    ['check', 3],
    ['write', 7],
  ])
  expect(whole.errors.map(({ error, attempts, failedRecords }) => [error, attempts, failedRecords])).toEqual([
    ['http_502', 3, 1],
    ['http_429', 3, 0],
    ['connection_cut', 1, 0],
  ])
  expect(whole.durations.reduce((sum, { count }) => sum + count, 0)).toBe(3)
})

test('what was read of a batch, or came from the cache of a gateway, has no latency', () => {
  const later = new LedgerFold({ withTotals: false })
  const none = { durationSeconds: 0 }
  later.add(request('r1', 'write', { ...none, isDeferred: true }), 0)
  later.add(request('r2', 'write', { ...none, isGatewayCacheHit: true }), 0)
  const without = sliceOf(later, {})
  expect([without.whole.answers, without.whole.latency, without.durations]).toEqual([2, undefined, []])
  later.add(request('r3', 'write', { durationSeconds: 2 }), 0)
  const { whole, durations } = sliceOf(later, {})
  expect([whole.answers, whole.latency?.p50]).toEqual([3, expect.closeTo(2, 1)])
  expect(durations.reduce((sum, { count }) => sum + count, 0)).toBe(1)
})

test('filters hold together: node, model, error, time, duration', () => {
  expect(sliceOf(fold, { node: 'check' }).whole).toMatchObject({ requests: 3, records: 2 })
  expect(sliceOf(fold, { model: 'small' }).whole.requests).toBe(7)
  expect(sliceOf(fold, { error: 'http_429' }).whole).toMatchObject({ requests: 3, records: 1 })
  expect(sliceOf(fold, { error: 'http_429', model: 'large' }).whole.requests).toBe(0)
  expect(sliceOf(fold, { fromMs: 4_000, toMs: 8_000 }).whole.requests).toBe(1)
  expect(sliceOf(fold, { overSeconds: 2, underSeconds: 4 }).whole.requests).toBe(1)
  expect(sliceOf(fold, { model: 'not there' }).whole.requests).toBe(0)
})

test('a record and an attempt have the status of their own costs, whatever the run has', () => {
  const { rows } = listRecords(fold, { kind: 'all', sort: 'cost', limit: 9 })
  expect(rows.map(({ recordId, cost }) => [recordId, cost])).toEqual([
    ['r1', { total_cost_usd: 10_000e-12, status: 'priced' }],
    ['r3', { total_cost_usd: 5_000e-12, status: 'partial' }],
    // Nothing was answered, so there was nothing to pay: that is known.
    ['r2', { total_cost_usd: 0 }],
  ])
  const attempts = detailRecord(fold, 'r3')?.calls.flatMap((call) => call.attempts)
  expect(attempts?.map(({ cost, costReason }) => [cost?.status, costReason])).toEqual([
    ['unpriced', 'the answer reported no usage'],
    ['priced', undefined],
  ])
  expect(detailRecord(fold, 'r2')?.calls[0]?.attempts.every(({ cost }) => cost === undefined)).toBe(true)
})

test('records are found by where and by what they failed', () => {
  const ids = (filter: Parameters<typeof sliceOf>[1]) =>
    listRecords(fold, { kind: 'all', sort: 'record', limit: 9, filter }).rows.map(({ recordId }) => recordId)
  expect(ids({ error: 'http_502' })).toEqual(['r2'])
  expect(ids({ node: 'check' })).toEqual(['r1', 'r3'])
  expect(listRecords(fold, { kind: 'failed', sort: 'cost', limit: 9 }).rows[0]?.failedNode).toBe('write')
})

test('a record that fails in a function counts as the list shows it, though no request failed', () => {
  const own = new LedgerFold({ withTotals: false })
  for (const event of [
    request('r1', 'write'),
    { type: 'node-end', node: 'check', nodeType: 'lambda', recordId: 'r1', succeeded: false, durationSeconds: 1 },
    { type: 'record-end', recordId: 'r1', succeeded: false, errorType: 'TypeError', durationSeconds: 2 },
    request('r2', 'write'),
    { type: 'record-end', recordId: 'r2', succeeded: true, durationSeconds: 2 },
  ] satisfies MetadataEvent[]) {
    own.add(event, 0)
  }
  for (const filter of [{ error: 'TypeError' }, { node: 'check' }, { node: 'check', error: 'TypeError' }]) {
    const { failedRecords, errors } = sliceOf(own, filter)
    expect(errors.map(({ error, failedRecords: count }) => [error, count])).toEqual([['TypeError', 1]])
    for (const kind of ['all', 'failed'] as const) {
      const { rows } = listRecords(own, { kind, sort: 'record', limit: 9, filter })
      expect(rows.map(({ recordId }) => recordId)).toEqual(['r1'])
      expect(failedRecords).toBe(rows.length)
    }
  }
  expect(sliceOf(own, { node: 'write' })).toMatchObject({ failedRecords: 0, whole: { records: 2 } })
  expect(listRecords(own, { kind: 'failed', sort: 'record', limit: 9, filter: { node: 'write' } }).total).toBe(0)
})

test('what a sample says of failed records is scaled as its attempts are', () => {
  expect(sliceOf(fold, {}, 10)).toMatchObject({ failedRecords: 10, whole: { failedAttempts: 70 } })
})

test('rehearsals are never added to money spent, and the time of a machine is missing from both', () => {
  const own = new LedgerFold({ withTotals: false })
  const price = { source: 's', version: '1', provider: 'p', product: 'm', tier: 'standard', date: '2026-11-29' }
  own.add(request('r1', 'write', { cost: priced(7_000) }), 0)
  own.add(request('r1', 'check', { cost: { status: 'simulated', picodollars: 9_000, lines: [] } }), 0)
  expect(sliceOf(own, {}).whole.cost).toEqual({
    total_cost_usd: 7_000e-12,
    status: 'priced',
    simulated_cost_usd: 9_000e-12,
  })
  own.add(request('r2', 'own', { cost: { ...priced(0), hourly: { usdPerHour: 2, price } } }), 0)
  expect(sliceOf(own, { node: 'own' }).whole).toMatchObject({ isPaidByTheHour: true, cost: { status: 'unpriced' } })
  expect(sliceOf(own, {}).whole.cost.status).toBe('partial')
})

test('a record that was asked in earnest and rehearsed has both amounts, in all its sessions', () => {
  const own = new LedgerFold({ withTotals: false })
  const rehearsed = { status: 'simulated', picodollars: 9_000, lines: [] } as const
  const both: MetadataEvent[] = [
    request('r1', 'write', { cost: rehearsed }),
    { type: 'record-end', recordId: 'r1', succeeded: false, durationSeconds: 1, costPicodollars: 9_000 },
    request('r1', 'write', { cost: priced(7_000) }),
    { type: 'record-end', recordId: 'r1', succeeded: true, durationSeconds: 1, costPicodollars: 7_000 },
    request('r2', 'write', { cost: priced(8_000) }),
    // One of its requests stands in a line that was lost.
    { type: 'record-end', recordId: 'r2', succeeded: true, durationSeconds: 1, costPicodollars: 12_000 },
  ]
  for (const event of both) own.add(event, 0)
  const { rows } = listRecords(own, { kind: 'all', sort: 'cost', limit: 9 })
  expect(rows.map(({ recordId, cost }) => [recordId, cost])).toEqual([
    ['r2', { total_cost_usd: 12_000e-12, status: 'priced' }],
    ['r1', { total_cost_usd: 7_000e-12, status: 'priced', simulated_cost_usd: 9_000e-12 }],
  ])
})

test('percentiles are those of the metadata file', () => {
  const own = new LedgerFold({ withTotals: false })
  for (const durationSeconds of [1, 2]) own.add(request('r1', 'write', { durationSeconds }), 0)
  expect(sliceOf(own, {}).whole.latency).toEqual({ p50: 1.5, p95: 1.95, max: 2 })
})
