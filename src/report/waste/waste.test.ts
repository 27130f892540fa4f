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

const tablesOf = (...of: Parameters<typeof wasteSections>) =>
  wasteSections(...of).flatMap((section) => (section.type === 'table' ? [section] : []))

test('the file tells each kind by what it came to, and leaves out what did not occur', () => {
  const metadata = sampleMetadata()
  const waste = {
    failed_attempts: { requests: 1, seconds: 2, cost_usd: 3 },
    retry_waits: { seconds: 4 },
    truncated_answers: { requests: 5, cost_usd: 6 },
    aborted_streams: { requests: 7, cost_usd: 8 },
    failed_records: { records: 9, seconds: 10, cost_usd: 11 },
    duplicated_records: { records: 12, seconds: 13, cost_usd: 14 },
  }
  const withWaste = (own: typeof waste | undefined, total_retries: number) => {
    const { requests, ...others } = metadata.aggregate_statistics
    const totals = { ...others, requests: { ...requests, total_retries }, waste: own }
    return wasteOfFile({ ...metadata, aggregate_statistics: totals })
  }
  expect(withWaste(waste, 15)).toEqual([
    { kind: 'failed attempts', count: 1, seconds: 2, costUsd: 3 },
    { kind: 'waits before retries', count: 15, seconds: 4 },
    { kind: 'truncated answers', count: 5, costUsd: 6 },
    { kind: 'aborted streams', count: 7, costUsd: 8 },
    { kind: 'failed records', count: 9, seconds: 10, costUsd: 11 },
    { kind: 'duplicated records', count: 12, seconds: 13, costUsd: 14 },
  ])
  // Failed records that were all done again stay spent.
  const again = { ...waste, failed_records: { records: 0, seconds: 0, cost_usd: 11 } }
  expect(withWaste(again, 0)).toContainEqual({ kind: 'failed records', count: 0, seconds: 0, costUsd: 11 })
  const none = { requests: 0, seconds: 0, cost_usd: 0 }
  const empty = { ...waste, failed_attempts: none, truncated_answers: none, aborted_streams: none }
  expect(
    withWaste(
      {
        ...empty,
        retry_waits: { seconds: 0 },
        failed_records: { records: 0, seconds: 0, cost_usd: 0 },
        duplicated_records: { records: 0, seconds: 0, cost_usd: 0 },
      },
      0,
    ),
  ).toEqual([])
  expect(withWaste(undefined, 15)).toEqual([])
})

test('waste of a run with calls in batches is a lower bound, and no share of its cost', () => {
  const metadata = sampleMetadata({ records: 40, failEvery: 8, status: 'interrupted' })
  const at = '2026-11-23T17:00:00Z'
  const batch = {
    id: 'one',
    provider_id: 'b',
    model: 'gpt-4o',
    lines: 5,
    answered: null,
    submitted_at: at,
    changed_at: at,
  }
  const costs = (state: 'waiting' | 'ended') => {
    const execution = { ...metadata.execution, batches: [{ ...batch, state }] }
    const run = [{ kind: 'failed records', count: 1, costUsd: 0.5 } as const]
    const [table] = tablesOf({ ...metadata, execution }, { run, nodes: new Map() })
    return renderSections(table === undefined ? [] : [table], { columns: 100 })
  }
  expect(costs('waiting')).toContain('≥ $0.50')
  expect(costs('waiting')).not.toContain('%')
  expect(costs('ended')).toMatch(/ \$0\.50 .*%/)
})

test('a request that was cut off, given up or failed is wasted as each, with its time and cost, at its node', () => {
  const waste = wasteOf([
    request({ finishReason: 'length', durationSeconds: 2 }),
    request({ isAborted: true, errorType: 'AbortError', node: undefined, durationSeconds: 3 }),
    request({ status: 500, durationSeconds: 4 }),
    request({ resendCount: 1, waitSeconds: 5 }),
  ])
  const metadata = sampleMetadata({ records: 1 })
  const { cost } = metadata.aggregate_statistics
  const ofRun = (changes: Partial<typeof cost>) => ({
    ...metadata,
    aggregate_statistics: { ...metadata.aggregate_statistics, cost: { ...cost, total_cost_usd: 0.004, ...changes } },
  })
  const [run, nodes] = tablesOf(ofRun({}), { run: waste.ofRun(), nodes: waste.ofNodes() })
  expect(run?.columns.map(({ title }) => title)).toEqual(['what', 'count', 'time', 'cost', 'of all cost'])
  expect(run?.rows).toEqual([
    ['failed attempts', '2', '7.00 s', '$0.002', '50%'],
    ['waits before retries', '1', '5.00 s', '–', '–'],
    ['truncated answers', '1', '2.00 s', '$0.001', '25%'],
    ['aborted streams', '1', '3.00 s', '$0.001', '25%'],
  ])
  expect(nodes?.rows).toEqual([
    ['generate', 'failed attempts', '1', '4.00 s', '$0.001'],
    ['', 'waits before retries', '1', '5.00 s', '–'],
    ['', 'truncated answers', '1', '2.00 s', '$0.001'],
    ['outside nodes', 'failed attempts', '1', '3.00 s', '$0.001'],
    ['', 'aborted streams', '1', '3.00 s', '$0.001'],
  ])
  // What the run does not know of its cost, its waste does not know either.
  const partial = tablesOf(ofRun({ status: 'partial' }), { run: waste.ofRun(), nodes: waste.ofNodes() })
  expect(partial[0]?.rows[0]).toEqual(['failed attempts', '2', '7.00 s', '≥ $0.002'])
  expect(partial[1]?.rows[0]).toEqual(['generate', 'failed attempts', '1', '4.00 s', '≥ $0.001'])
  const unpriced = tablesOf(ofRun({ status: 'unpriced' }), { run: waste.ofRun(), nodes: waste.ofNodes() })
  expect(unpriced.map(({ columns }) => columns.at(-1)?.title)).toEqual(['time', 'time'])
})

test('a record that failed is wasted at each of its nodes, with their time and what they asked for', () => {
  const waste = wasteOf([
    request({ recordId: 'r', node: 'write' }),
    { type: 'node-end', node: 'write', nodeType: 'llm', recordId: 'r', succeeded: true, durationSeconds: 2 },
    { type: 'node-end', node: 'write', nodeType: 'llm', recordId: 'r', succeeded: true, durationSeconds: 1 },
    request({ recordId: 'r', node: 'check' }),
    request({ recordId: 'r', node: 'check' }),
    request({ recordId: 'other', node: 'check' }),
    { type: 'record-end', recordId: 'r', succeeded: false, durationSeconds: 4, costPicodollars: 3e9 },
    // It is over: what comes with its name again is another try.
    { type: 'record-end', recordId: 'r', succeeded: false, durationSeconds: 1, costPicodollars: 1e9 },
    { type: 'record-end', recordId: 'other', succeeded: true, durationSeconds: 1, costPicodollars: 1e9 },
  ])
  expect(waste.ofRun()).toEqual([{ kind: 'failed records', count: 2, seconds: 5, costUsd: 0.004 }])
  expect(waste.ofNodes()).toEqual(
    new Map([
      ['write', [{ kind: 'failed records', count: 1, seconds: 3, costUsd: 0.001 }]],
      ['check', [{ kind: 'failed records', count: 1, seconds: 0, costUsd: 0.002 }]],
    ]),
  )
})
