import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { textOf } from '../text/section.ts'
import { type VerdictSentence, verdictCell, verdictOf } from './verdict.ts'

function verdictText(sentences: readonly VerdictSentence[]): string {
  return textOf(verdictCell(sentences) ?? '')
}

const before = {
  path: 'before.json',
  records: 20,
  failedRecords: 0,
  durationSeconds: 10,
  cost: { total_cost_usd: 0.001, status: 'priced' },
} as const

function withTotals(metadata: Metadata, changes: Partial<Metadata['aggregate_statistics']>): Metadata {
  return { ...metadata, aggregate_statistics: { ...metadata.aggregate_statistics, ...changes } }
}

test('what failed comes first, by what and how often', () => {
  const { records } = sampleMetadata().aggregate_statistics
  const error_types = { http_502: 12, http_503: 10, http_429: 6, AI_APICallError: 1 }
  const failed = withTotals(sampleMetadata(), {
    records: { ...records, total_processed: 60, total_failed: 29, error_types },
  })
  expect(verdictText(verdictOf(failed))).toMatch(
    /^29 of 60 records failed: 502 × 12, 503 × 10, 429 × 6 and 1 other kind/,
  )
  const evidence = verdictOf(failed)[0]?.map((phrase) => phrase.evidence)
  expect(evidence).toContainEqual({ type: 'failed-records' })
  expect(evidence).toContainEqual({ type: 'failed-records', error: 'http_503' })
})

test('a run without failures says so', () => {
  expect(verdictText(verdictOf(sampleMetadata()))).toMatch(/^20 records, none failed/)
})

test('a program that has no records is told by its calls', () => {
  const { records, calls } = sampleMetadata().aggregate_statistics
  const none = { ...records, total_processed: 0, total_failed: 0 }
  const program = withTotals(sampleMetadata(), { records: none, calls: calls && { ...calls, total: 40, failed: 3 } })
  expect(verdictText(verdictOf(program))).toMatch(/^3 of 40 calls failed/)
})

test('the node that most money went to is named with the reason', () => {
  const metadata = sampleMetadata({ nodes: ['write', 'check'] })
  const usd = (amount: number) => ({ cost: { total_cost_usd: amount, average_cost_per_execution: 0 } })
  const nodes = {
    write: { ...metadata.nodes.write, ...usd(9), total_executions: 46, model_name: 'gpt-4o' },
    check: { ...metadata.nodes.check, ...usd(1) },
  } as Metadata['nodes']
  const { cost } = metadata.aggregate_statistics
  const dear = { ...withTotals(metadata, { cost: { ...cost, total_cost_usd: 10 } }), nodes }
  expect(verdictText(verdictOf(dear))).toContain('write is 90% of the cost (gpt-4o, 2.3 times a record)')
})

test.each([
  [{ durationSeconds: 1 }, 'longer per record'],
  [{ durationSeconds: 100_000 }, 'shorter per record'],
  [{ cost: { total_cost_usd: 100, status: 'priced' } as const }, '100% cheaper per record'],
])('what has changed since the run before: %j', (changes, expected) => {
  expect(verdictText(verdictOf(sampleMetadata(), { ...before, ...changes }))).toContain(expected)
})

test('a cost of which a part is not known is never held against another', () => {
  const partial = { ...before, cost: { total_cost_usd: 100, status: 'partial' } as const }
  expect(verdictText(verdictOf(sampleMetadata(), partial))).not.toMatch(/cheaper|expensive/)
})

test('requests that were in flight when the run ended are never without a word', () => {
  const metadata = sampleMetadata()
  const { requests } = metadata.aggregate_statistics
  const cut = withTotals(metadata, { requests: { ...requests, in_flight_requests: 3 } })
  expect(verdictText(verdictOf(cut))).toContain('3 requests in flight at the end, whose cost is not known')
  expect(verdictText(verdictOf({ ...cut, status: 'running' }))).not.toContain('in flight at the end')
})

test('calls that wait in batches when a run ends are never without a word', () => {
  const metadata = sampleMetadata()
  const batch = (state: 'ended' | 'submitting' | 'waiting', lines: number) => ({
    ...{ id: `b-${state}`, provider_id: null, model: 'gpt-4o', state, lines, answered: null },
    ...{ submitted_at: '2026-11-30T10:00:00Z', changed_at: '2026-11-30T10:00:00Z' },
  })
  const batches = [batch('ended', 7), batch('submitting', 1), batch('waiting', 2)]
  const left = { ...metadata, status: 'interrupted' as const, execution: { ...metadata.execution, batches } }
  expect(verdictText(verdictOf(left))).toContain('3 calls handed in as batches, whose cost is still to come')
  expect(verdictText(verdictOf({ ...left, status: 'running' }))).not.toContain('batches')
})

test('a run in which nothing succeeded is held against none, and none against it', () => {
  const metadata = sampleMetadata()
  const { total_processed } = metadata.aggregate_statistics.records
  const vain = withTotals(metadata, {
    records: { ...metadata.aggregate_statistics.records, total_failed: total_processed },
  })
  expect(verdictText(verdictOf(vain, before))).not.toContain('the run before')
  expect(verdictText(verdictOf(metadata, { ...before, failedRecords: before.records }))).not.toContain('the run before')
  expect(verdictText(verdictOf(metadata, before))).toContain('the run before')
})

test('answers without usage are told as that, and not as a model without a price', () => {
  const metadata = sampleMetadata()
  const { cost } = metadata.aggregate_statistics
  const models = Object.fromEntries(
    Object.entries(metadata.models).map(([name, model]) => [
      name,
      {
        ...model,
        cost: { ...model.cost, unpriced_reasons: [{ reason: 'the answer reported no usage', requests: 4 }] },
      },
    ]),
  )
  const cut = { ...withTotals(metadata, { cost: { ...cost, unpriced_requests: 4 } }), models }
  expect(verdictText(verdictOf(cut))).toContain('requests is not known: the answer reported no usage')
})

/** A sentence that has these words, with the evidence and the tone of each of its phrases. */
function sentenceWith(words: string, metadata: Metadata, previous?: Parameters<typeof verdictOf>[1]) {
  return verdictOf(metadata, previous).find((sentence) => sentence.some(({ text }) => text.includes(words)))
}

test('waits are told where they matter beside the time of the run, and a limit that fell, the deepest', () => {
  const metadata = sampleMetadata()
  const waiting = (retry_wait_seconds: number, duration_seconds: number) => {
    const { requests } = metadata.aggregate_statistics
    const timing = { ...metadata.execution.timing, duration_seconds }
    const run = withTotals(metadata, { requests: { ...requests, retry_wait_seconds } })
    return verdictText(verdictOf({ ...run, execution: { ...metadata.execution, timing } }))
  }
  expect(waiting(13, 125)).toContain('13.0 s waiting for retries')
  // A tenth of 125 s, and a second of a short run.
  expect(waiting(12.5, 125)).not.toContain('waiting')
  expect(waiting(1, 2)).not.toContain('waiting')
  expect(waiting(1.5, 2)).toContain('1.50 s waiting for retries')
  const change = (limit: number, reason: 'start' | 'rate-limit' | 'growth') => ({ limit, reason, at: '' })
  const concurrency = {
    a: { cuts: 1, last: 8, lowest: 4, history: [change(6, 'growth'), change(8, 'start'), change(4, 'rate-limit')] },
    b: { cuts: 3, last: 2, lowest: 1, history: [change(10, 'start'), change(1, 'rate-limit')] },
    c: { cuts: 0, last: 2, lowest: 2, history: [change(2, 'start')] },
  }
  const limited = { ...metadata, execution: { ...metadata.execution, concurrency } } as Metadata
  expect(sentenceWith('limit fell', limited)).toEqual([
    { text: 'limit fell 10 → 1', tone: 'warning', evidence: { type: 'timeline' } },
  ])
  const { a, c } = concurrency
  const only = (own: object) =>
    verdictText(verdictOf({ ...limited, execution: { ...limited.execution, concurrency: own } } as Metadata))
  expect(only({ a })).toContain('limit fell 8 → 4')
  expect(only({ c })).not.toContain('limit fell')
  const { requests } = metadata.aggregate_statistics
  const both = withTotals(limited, { requests: { ...requests, retry_wait_seconds: 13 } })
  expect(verdictText(verdictOf(both))).toContain('13.0 s waiting for retries, limit fell 10 → 1')
})

test('each sentence says how grave it is, and where that can be looked at', () => {
  const metadata = sampleMetadata()
  const { waste, cost, requests, records, calls } = metadata.aggregate_statistics
  if (waste === undefined || calls === undefined) throw new Error('the sample has it')
  const cut = withTotals(metadata, { waste: { ...waste, truncated_answers: { requests: 2, cost_usd: 1 } } })
  expect(sentenceWith('cut off', cut)).toEqual([
    {
      text: '2 answers cut off at the limit of tokens',
      tone: 'warning',
      evidence: { type: 'truncated-records' },
    },
  ])
  const strange = { ...metadata, not_understood: { total: 1, endpoints: [] } }
  expect(sentenceWith('not understood', strange)).toEqual([
    { text: '1 call not understood and not counted', tone: 'warning', evidence: { type: 'not-understood' } },
  ])
  expect(sentenceWith('not understood', { ...strange, not_understood: { total: 0, endpoints: [] } })).toBeUndefined()
  const unpriced = withTotals(metadata, { cost: { ...cost, unpriced_requests: 4 } })
  expect(sentenceWith('not known', unpriced)).toEqual([
    {
      text: `the cost of 4 of ${requests.total_requests} requests is not known`,
      tone: 'warning',
      evidence: { type: 'cost' },
    },
  ])
  const lost = withTotals(metadata, { requests: { ...requests, in_flight_requests: 1 } })
  expect(sentenceWith('in flight', lost)?.[0]).toMatchObject({ tone: 'warning', evidence: { type: 'cost' } })
  const program = withTotals(metadata, {
    records: { ...records, total_processed: 0, total_failed: 0 },
    calls: { ...calls, total: 40, failed: 3 },
  })
  expect(verdictOf(program)[0]).toEqual([
    { text: '3 of 40 calls failed', tone: 'bad', evidence: { type: 'failed-attempts' } },
  ])
  const well = withTotals(program, { calls: { ...calls, total: 1, failed: 0 } })
  expect(verdictOf(well)[0]).toEqual([{ text: '1 call, none failed', tone: 'good' }])
  // Files of format 1.0.0 know no calls, but requests and retries.
  const old = { ...requests, total_requests: 9, total_retries: 2, total_failures: 1 }
  const oldText = verdictText(verdictOf(withTotals(program, { calls: undefined, requests: old })))
  expect(oldText).toMatch(/^1 of 7 calls failed/)
  const silent = withTotals(program, { requests: { ...requests, total_requests: 0 } })
  expect(verdictText(verdictOf(silent))).not.toMatch(/call/)
  expect(verdictOf(metadata, before).at(-1)?.[0]).toMatchObject({ evidence: { type: 'compare', run: 'before.json' } })
  const tones = [
    { text: 'a', tone: 'good' },
    { text: 'b', tone: 'warning' },
    { text: 'c', tone: 'bad' },
  ] as const
  expect(verdictCell([[tones[0]], [tones[1]]])).toEqual({ text: 'a · b', tone: 'warning' })
  expect(verdictCell([tones])).toEqual({ text: 'abc', tone: 'bad' })
  expect(verdictCell([[{ text: 'a' }]])).toBe('a')
  expect(verdictCell([])).toBeUndefined()
})

test('three kinds of error are named, and no others are spoken of where there are none', () => {
  const { records } = sampleMetadata().aggregate_statistics
  const failed = (error_types: Record<string, number>) =>
    verdictText(
      verdictOf(
        withTotals(sampleMetadata(), { records: { ...records, total_processed: 9, total_failed: 6, error_types } }),
      ),
    )
  expect(failed({ http_500: 1, http_502: 2, http_503: 3 })).toMatch(
    /^6 of 9 records failed: 503 × 3, 502 × 2, 500 × 1(?: ·|$)/,
  )
  expect(failed({ a: 9, b: 8, c: 7, d: 6, e: 5 })).toMatch(/: a × 9, b × 8, c × 7 and 2 other kinds/)
  expect(failed({})).toMatch(/^6 of 9 records failed(?: ·|$)/)
})

interface Before {
  readonly durationSeconds: number
  readonly records?: number
  readonly failedRecords?: number
  /** How often the cost of the run. */
  readonly times?: number
}

// The run has 20 records in 125 seconds.
test.each<[string, Before, string]>([
  ['the same', { durationSeconds: 125 }, 'much like the run before'],
  ['15 % longer', { durationSeconds: 125 / 1.15 }, 'much like the run before'],
  ['half as long again', { durationSeconds: 125 / 1.5 }, '50% longer per record than the run before'],
  ['2.5 times as long', { durationSeconds: 50 }, '2.5 × longer per record than the run before'],
  ['12.5 times as long', { durationSeconds: 10 }, '13 × longer per record than the run before'],
  ['half as long', { durationSeconds: 250 }, '50% shorter per record than the run before'],
  [
    'half as many records in the time',
    { durationSeconds: 125, records: 40, times: 2 },
    '2 × longer per record than the run before',
  ],
  ['a tenth of the cost', { durationSeconds: 125, times: 10 }, '90% cheaper per record than the run before'],
  [
    'twice the cost and time',
    { durationSeconds: 62.5, times: 0.5 },
    '2 × longer per record, 2 × more expensive per record than the run before',
  ],
  [
    'half failed before at the same cost',
    { durationSeconds: 125, failedRecords: 10 },
    '50% cheaper per record than the run before',
  ],
])('since the run before, %s: %s', (_, { times = 1, ...changes }, expected) => {
  const metadata = sampleMetadata()
  const { cost } = metadata.aggregate_statistics
  const own = { ...before, cost: { total_cost_usd: cost.total_cost_usd * times, status: cost.status }, ...changes }
  expect(verdictText([verdictOf(metadata, own).at(-1) ?? []])).toBe(expected)
})

test('a run is held against one before only where both tell', () => {
  const metadata = sampleMetadata()
  const last = (run: Metadata, changes: object = {}) =>
    verdictText([verdictOf(run, { ...before, ...changes }).at(-1) ?? []])
  expect(last({ ...metadata, status: 'running' })).not.toContain('run before')
  // A rehearsal is no real run.
  expect(last(metadata, { cost: { total_cost_usd: 100, status: 'simulated' } })).not.toMatch(/cheap|expensive/)
  expect(last(metadata, { durationSeconds: undefined, cost: { total_cost_usd: 1, status: 'partial' } })).not.toContain(
    'run before',
  )
  const { requests } = metadata.aggregate_statistics
  const lost = withTotals(metadata, { requests: { ...requests, in_flight_requests: 1 } })
  expect(last(lost, { cost: { total_cost_usd: 100, status: 'priced' } })).not.toMatch(/cheap|expensive/)
})

test('where no node stands out none is named; of a cost that is not known whole a share is one of what is known', () => {
  const metadata = sampleMetadata({ nodes: ['a', 'b', 'c'] })
  const { cost } = metadata.aggregate_statistics
  const shareOf = (usd: readonly number[], changes: Partial<typeof cost> = {}) => {
    const nodes = Object.entries(metadata.nodes).map(([name, node], index) => [
      name,
      { ...node, model_name: null, cost: { total_cost_usd: usd[index], average_cost_per_execution: 0 } },
    ])
    const run = withTotals(metadata, { cost: { ...cost, total_cost_usd: 10, ...changes } })
    return sentenceWith('of the', { ...run, nodes: Object.fromEntries(nodes) })
  }
  expect(shareOf([3, 3.9, 3.1])).toBeUndefined()
  expect(shareOf([3, 4, 3])).toEqual([{ text: 'b is 40% of the cost', evidence: { type: 'node', node: 'b' } }])
  // Where only one asked a model that goes without saying.
  expect(shareOf([0, 10, 0])).toBeUndefined()
  expect(shareOf([3, 7, 0], { status: 'partial' })?.[0]?.text).toBe('b is 70% of the known cost')
})

test('of a program without nodes the model that cost most is named, where there are several', () => {
  const metadata = sampleMetadata({ models: ['m1', 'm2'] })
  const shareOf = (...usd: readonly number[]) => {
    const { cost } = metadata.aggregate_statistics
    const models = Object.entries(metadata.models).flatMap(([name, model], index) => {
      const own = usd[index]
      return own === undefined ? [] : [[name, { ...model, cost: { ...model.cost, total_cost_usd: own } }] as const]
    })
    const run = withTotals(metadata, { cost: { ...cost, total_cost_usd: usd.reduce((sum, own) => sum + own, 0) } })
    return sentenceWith('of the', { ...run, nodes: {}, models: Object.fromEntries(models) })
  }
  expect(shareOf(1, 3)).toEqual([{ text: 'm2 is 75% of the cost', evidence: { type: 'model', model: 'm2' } }])
  expect(shareOf(3)).toBeUndefined()
  expect(shareOf(0, 0)).toBeUndefined()
})

test('a program that has no records is held against its run before as a whole', () => {
  const metadata = sampleMetadata()
  const { cost, records } = metadata.aggregate_statistics
  const program = withTotals(metadata, { records: { ...records, total_processed: 0, total_failed: 0 } })
  const own = {
    ...before,
    records: 0,
    durationSeconds: 62.5,
    cost: { ...cost, total_cost_usd: cost.total_cost_usd * 4 },
  }
  expect(verdictText([verdictOf(program, own).at(-1) ?? []])).toBe('2 × longer, 75% cheaper than the run before')
})
