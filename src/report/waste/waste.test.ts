import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { sampleEvents, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { MetadataEvent, RequestEnd } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { summarize } from '../../metadata/summary.ts'
import { renderSections } from '../text/render-sections.ts'
import { wasteOfFile, wasteSections } from './waste-sections.ts'
import { WasteTotals } from './waste-totals.ts'

// Input costs 2.50 a million, what is read from a cache a tenth of it.
const priceAgain = (_: RequestEnd, { input = 0, cacheRead = 0 }: { input?: number; cacheRead?: number }) =>
  input * 2_500_000 + cacheRead * 250_000

function request(fields: Partial<RequestEnd>): RequestEnd {
  const cost = { status: 'priced', picodollars: 1e9, lines: [] } as const
  return requestEnd({ model: 'gpt-4o', node: 'generate', cost, ...fields })
}

function wasteOf(events: Parameters<WasteTotals['add']>[0][]) {
  const totals = new WasteTotals(priceAgain)
  for (const event of events) totals.add(event)
  return totals
}

test('what the ledger says is what the file says', () => {
  const options = { records: 40, failEvery: 8 }
  const fromLedger = wasteOf(sampleEvents(options)).ofRun()
  const fromFile = wasteOfFile(sampleMetadata(options))
  expect(fromFile.map(({ kind }) => kind)).toEqual(['failed attempts', 'waits before retries', 'failed records'])
  for (const amount of fromFile) {
    const same = fromLedger.find(({ kind }) => kind === amount.kind)
    expect(same?.count).toBe(amount.count)
    expect(same?.seconds).toBeCloseTo(amount.seconds ?? 0, 3)
    expect(same?.costUsd ?? 0).toBeCloseTo(amount.costUsd ?? 0, 6)
  }
})

test('so it is of records that failed and were done again', () => {
  // r1 failed for 1 s and $0.001, then succeeded; r2 failed twice, for 2 s and $0.002 each time.
  const ends = [
    { recordId: 'r1', succeeded: false, durationSeconds: 1, costPicodollars: 1e9 },
    { recordId: 'r2', succeeded: false, durationSeconds: 2, costPicodollars: 2e9 },
    { recordId: 'r1', succeeded: true, durationSeconds: 1, costPicodollars: 1e9, repeatsFailure: true },
    { recordId: 'r2', succeeded: false, durationSeconds: 2, costPicodollars: 2e9, repeatsFailure: true },
  ].map((end) => ({ type: 'record-end', ...end }) as const)
  const truth = [{ kind: 'failed records', count: 1, seconds: 5, costUsd: 0.005 }]
  expect(wasteOf(ends).ofRun()).toEqual(truth)
  const totals = new RunTotals()
  for (const end of ends) totals.add(end)
  expect(wasteOfFile(summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 }))).toEqual(truth)
})

test('what two workers did for one record is wasted once, at the nodes of the one whose row does not stand', () => {
  // w1 was lost after a request of $0.001 to one node; w2 asked another one, for $0.002, and its row stands.
  const cost = (picodollars: number) => ({ status: 'priced', picodollars, lines: [] }) as const
  const events: MetadataEvent[] = [
    requestEnd({ recordId: 'r', worker: 'w1', node: 'draft', cost: cost(1e9) }),
    requestEnd({ recordId: 'r', worker: 'w2', node: 'check', cost: cost(2e9) }),
    { type: 'record-duplicate', recordId: 'r', worker: 'w1', costPicodollars: 1e9, durationSeconds: 3 },
    { type: 'record-end', recordId: 'r', worker: 'w2', succeeded: true, costPicodollars: 2e9 },
  ]
  const truth = [{ kind: 'duplicated records', count: 1, seconds: 3, costUsd: 0.001 }]
  const waste = wasteOf(events)
  expect(waste.ofRun()).toEqual(truth)
  expect(waste.ofNodes()).toEqual(new Map([['draft', [{ ...truth[0], seconds: 0 }]]]))
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  expect(wasteOfFile(summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 }))).toEqual(truth)
})

test('the nodes add up to the run', () => {
  const totals = wasteOf(sampleEvents({ records: 40, failEvery: 8 }))
  const failed = [...totals.ofNodes().values()].flat().filter(({ kind }) => kind === 'failed attempts')
  const whole = totals.ofRun().find(({ kind }) => kind === 'failed attempts')
  expect(failed.reduce((sum, { count }) => sum + count, 0)).toBe(whole?.count)
})

test('an answered prompt that is sent again is a repetition; a retry and another model are none', () => {
  const repeated = wasteOf([
    request({ bodyHash: 'a', status: 500 }),
    request({ bodyHash: 'a', resendCount: 1 }),
    request({ bodyHash: 'a', model: 'gpt-4o-mini' }),
    request({ bodyHash: 'b' }),
  ])
  expect(repeated.ofRun().map(({ kind }) => kind)).not.toContain('repeated prompts')
  // An answer of no use has to be asked for again.
  const useless = wasteOf([request({ bodyHash: 'a' }), request({ bodyHash: 'a', resendCount: 1, repeatsAnswer: true })])
  expect(useless.ofRun().map(({ kind }) => kind)).toEqual(['waits before retries'])
  const again = wasteOf([request({ bodyHash: 'a' }), request({ bodyHash: 'a', node: 'critique' })])
  expect(again.ofRun()).toEqual([{ kind: 'repeated prompts', count: 1, seconds: 1, costUsd: 0.001 }])
  expect([...again.ofNodes().keys()]).toContain('critique')
})

test('a prefix that an ended request had and the provider did not read from its cache was paid in full', () => {
  const usage = { input: 5000, cacheRead: 0, output: 10 }
  const first = request({ prefixHashes: ['a', 'b'], usage })
  const same = (fields: Partial<RequestEnd>) =>
    wasteOf([first, request({ prefixHashes: ['a', 'x'], startedAtMs: 2000, usage, ...fields })]).ofRun()
  expect(same({})).toEqual([{ kind: 'prefixes not cached', count: 1, tokens: 1024, costUsd: 1024 * 2.25e-6 }])
  expect(same({ prefixHashes: ['a', 'b'] })[0]?.tokens).toBe(4096)
  // It ran at the same time, came too late, was cached, or nobody told.
  expect(same({ startedAtMs: 500 })).toEqual([])
  expect(same({ startedAtMs: 400_000 })).toEqual([])
  expect(same({ usage: { input: 3976, cacheRead: 1024 } })).toEqual([])
  expect(same({ usage: { input: 5000 } })).toEqual([])
})

test('each kind that occurred comes with what to do about it', () => {
  const options = { records: 40, failEvery: 8 }
  const totals = wasteOf(sampleEvents(options))
  const waste = { run: totals.ofRun(), nodes: totals.ofNodes() }
  const text = renderSections(wasteSections(sampleMetadata(options), waste), { columns: 100 })
  expect(text).toContain('By node')
  expect(text).toMatch(/What to do about it[\s\S]*failed records[\s\S]*`retryFailed: true`/)
  expect(text).not.toContain('cache_control')
})

test('a prompt that the cache of a gateway answers again is no waste; one that was paid for again is', () => {
  const usage = { input: 1_100, cacheRead: 0, output: 10 }
  const prompt = { bodyHash: 'aa', prefixHashes: ['p'], usage } as const
  const first = request({ ...prompt, startedAtMs: 0 })
  const hit = request({ ...prompt, startedAtMs: 5_000, isGatewayCacheHit: true })
  const again = request({ ...prompt, startedAtMs: 9_000 })
  expect(wasteOf([first, hit]).ofRun()).toEqual([])
  const kinds = wasteOf([first, hit, again]).ofRun()
  expect(kinds.map(({ kind, count }) => [kind, count])).toContainEqual(['repeated prompts', 1])
})
