import { expect, test } from 'vitest'
import { type SampleRunOptions, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { type RunEnding, renderRunEnding, runEndingSection, statusText } from './run-ending.ts'

/** The ending of a made-up run as name and text, and what is marked in it. */
function endingOf(options: SampleRunOptions | Metadata, rest: Omit<RunEnding, 'metadata'> = {}) {
  const metadata = 'metadata_version' in options ? options : sampleMetadata(options)
  const { pairs } = runEndingSection({ metadata, ...rest })
  const cells = pairs.map(([name, cell]) => {
    return [name, typeof cell === 'string' ? { text: cell, tone: undefined } : cell] as const
  })
  return {
    text: Object.fromEntries(cells.map(([name, { text }]) => [name, text])),
    tones: Object.fromEntries(cells.flatMap(([name, { tone }]) => (tone === undefined ? [] : [[name, tone]]))),
  }
}

// One record of two nodes: 120 and 121 tokens in, 40 of the cache each, 60 and 61 out, 5 of thinking each. At $0.15, $0.075 and $0.60 a
// million these are 18 + 3 + 36 + 3 = 60 and 18.15 + 3 + 36.6 + 3 = 60.75 millionths of a dollar. The first call is repeated once.
// Calls took 0.04 + 0.5 + 0.68 = 1.22 and 1.06 s.
test('a run that went well says what it did and came to', () => {
  const { text, tones } = endingOf({ records: 1 }, { files: [['output', '/out/x.json']] })
  expect(text).toEqual({
    'in short': expect.stringContaining('1 record, none failed'),
    status: 'complete',
    records: '1 record',
    requests: '3, 1 retry, 0 failed; 452 tokens',
    cost: '$0.000121, $0.000121 a record',
    models: 'gpt-4o-mini',
    'most expensive': 'node critique: $0.000061, 50.4%',
    time: '2 min 05 s; calls p50 1.14 s, p95 1.21 s',
    waits: '500 ms before retries, all calls together',
    output: '/out/x.json',
  })
  expect(tones).toMatchObject({ status: 'good' })
  expect(tones).not.toHaveProperty('records')
})

test('what failed is counted, with the commonest reason and what can be done', () => {
  // The third and the sixth of seven.
  const failing = { records: 7, failEvery: 3 }
  const { text, tones } = endingOf(failing, { reasons: ['a', 'b', 'b'] })
  expect(text.records).toBe('2 failed, 5 succeeded, 7 records')
  expect(text.failed).toBe('2 of 2: b (and 1 other reason)')
  expect(tones).toMatchObject({ records: 'warning', failed: 'bad', requests: 'warning' })
  expect(text.requests).toMatch(/ 4 failed; /)
  expect(endingOf(failing).text.failed).toBe('2 of 2: http_500')
  expect(endingOf({ records: 1, failEvery: 1 }, { reasons: ['x'.repeat(141)] }).text.failed).toBe(`${'x'.repeat(140)}…`)
  expect(endingOf({ records: 1, failEvery: 1 }, { reasons: ['x'.repeat(140)] }).text.failed).toBe('x'.repeat(140))
})

test('that every record failed is said before anything else', () => {
  const metadata = sampleMetadata({ records: 2, failEvery: 1, status: 'interrupted' })
  expect(statusText(metadata)).toBe('every record failed; interrupted')
  expect(endingOf(metadata).tones).toMatchObject({ status: 'bad', records: 'bad' })
  const { text } = endingOf(metadata)
  expect(text.records).toBe('2 failed, 0 succeeded, 2 records')
  const told = { ...metadata, execution: { ...metadata.execution, reason: 'every record failed' } }
  expect(statusText(told)).toBe('interrupted: every record failed')
  const stopped = { ...metadata, execution: { ...metadata.execution, reason: 'stopped by you' } }
  expect(statusText(stopped)).toBe('every record failed; interrupted: stopped by you')
})

test.each([
  ['complete', 'good'],
  ['interrupted', 'warning'],
  ['failed', 'bad'],
] as const)('a run that is %s is marked as %s', (status, tone) => {
  const { text, tones } = endingOf({ records: 2, status })
  expect([text.status, tones.status]).toEqual([status, tone])
})

test('a part of the data is told as one, and of a run to its end how to have all', () => {
  expect(endingOf({ records: 2 }, { sourceCount: 2_000 }).text.records).toBe('2 of 2,000 records (all: -n all)')
  expect(endingOf({ records: 2 }, { sourceCount: 2 }).text.records).toBe('2 records')
  expect(endingOf({ records: 2, status: 'interrupted' }, { sourceCount: 9 }).text.records).toBe('2 of 9 records')
  expect(endingOf({ records: 2, failEvery: 2 }, { sourceCount: 9 }).text.records).toBe(
    '1 failed, 1 succeeded, 2 of 9 records (all: -n all)',
  )
})

test('without records none are spoken of, unless there was a source that had none', () => {
  const { text } = endingOf({ records: 0 })
  expect(text.records).toBe('none')
  expect(text.cost).not.toContain('a record')
  const metadata = sampleMetadata({ records: 0 })
  expect(endingOf({ ...metadata, dataset: { ...metadata.dataset, source_type: 'unknown' } }).text).not.toHaveProperty(
    'records',
  )
  expect(text).not.toHaveProperty('models')
  expect(text).not.toHaveProperty('most expensive')
  expect(text).not.toHaveProperty('waits')
})

test('of several models each has its cost, the most expensive first, and of many three', () => {
  const nodes = ['a', 'b', 'c', 'd', 'e']
  const models = ['m1', 'm2', 'm3', 'm4', 'm5']
  // The later ones have a token more each: 60, 60.75, 61.5, 62.25 and 63 millionths, which the file rounds.
  const { text } = endingOf({ records: 1, nodes, models, retryEvery: 99 })
  expect(text.models).toBe('m5 $0.000063, m3 $0.000062, m4 $0.000062, and 2 more')
  expect(endingOf({ records: 1, nodes: nodes.slice(0, 3), models: models.slice(0, 3) }).text.models).not.toContain(
    'more',
  )
  expect(endingOf({ records: 1, nodes: ['a'] }).text).not.toHaveProperty('most expensive')
})

test('of a run that left a request unanswered what a record cost is a lower bound too', () => {
  const { aggregate_statistics: totals, ...rest } = sampleMetadata({ records: 1 })
  const requests = { ...totals.requests, in_flight_requests: 1 }
  const { text } = endingOf({ ...rest, aggregate_statistics: { ...totals, requests } })
  expect(text.cost).toBe('≥ $0.000121, ≥ $0.000121 a record')
  // What was lost may have been of that node: its share is not known either.
  expect(text['most expensive']).toBe('node critique: ≥ $0.000061')
})

test('that a cost is simulated is said once, and that a part of it is not known of each part', () => {
  expect(endingOf({ records: 1, costStatus: 'simulated' }).text.cost).toBe('$0.000121 simulated, $0.000121 a record')
  const { text } = endingOf({ records: 2, models: ['m1', 'm2'], unpricedModels: ['m2'] })
  expect(text.cost).toMatch(/^≥ \$0\.000121 \(2 of 5 requests unpriced: .*\), ≥ \$0\.000061 a record$/)
  expect(text.models).toBe('m1 $0.000121, m2 unpriced')
  // The two nodes have a model each, and a share of what is not known is not known.
  const three = endingOf({ records: 1, nodes: ['a', 'b', 'c'], models: ['m1', 'm2'], unpricedModels: ['m2'] }).text
  expect(three['most expensive']).toBe('node c: $0.000062')
  const none = endingOf({ records: 1, unpricedModels: ['gpt-4o-mini'] }).text
  expect(none.cost).toMatch(/^unpriced/)
  expect(none.cost).not.toContain('a record')
})

test('what nobody understood is told of with its place', () => {
  const endpoint = { kind: 'request' as const, host: 'h.example', path: '/v9', provider: null, count: 1 }
  const of = (total: number, ...endpoints: (typeof endpoint)[]) =>
    endingOf({ ...sampleMetadata({ records: 1 }), not_understood: { total, endpoints } })
  const words = 'something was sent to a model, as it seems, that is not understood: h.example/v9'
  expect(of(1, endpoint).text['not counted']).toBe(`once ${words}`)
  expect(of(1_200, endpoint, endpoint).text['not counted']).toBe(`1,200 times ${words}, and 1 other place`)
  expect(of(1, endpoint).tones['not counted']).toBe('warning')
  expect(endingOf({ records: 1 }).text).not.toHaveProperty('not counted')
})

test('agents and tools are told by what they did and cost, three of many', () => {
  const metadata = sampleMetadata({ records: 1 })
  const actor = (total_executions: number, total_cost_usd: number, total_failures = 0) => ({
    total_executions,
    total_failures,
    failure_rate: 0,
    average_latency_seconds: 0,
    unknown_outcomes: 0,
    total_latency_seconds: 0,
    latency_statistics: metadata.nodes.generate?.latency_statistics ?? raise(),
    cost: { total_cost_usd, average_cost_per_execution: 0 },
  })
  const raise = (): never => {
    throw new Error('the sample has it')
  }
  const agents = {
    small: actor(1, 0.1),
    large: actor(2_000, 3, 4),
    idle: { ...actor(0, 0), cost: undefined },
    fourth: actor(1, 0),
  }
  const { text } = endingOf({ ...metadata, agents, tools: { search: actor(3, 0) } })
  expect(text.agents).toBe('large 2,000×, 4 failed, $3.00; small 1×, $0.10; fourth 1×, $0.00; and 1 more')
  expect(text.tools).toBe('search 3×, $0.00')
})

test('the end fits the lines that there are, where they are told', () => {
  const metadata = sampleMetadata({ records: 1 })
  const lines = (options: { columns?: number; maxLines?: number }) =>
    renderRunEnding({ metadata }, options)
      .split('\n')
      .filter((line) => line !== '').length
  expect(lines({ columns: 100, maxLines: 6 })).toBeLessThanOrEqual(6)
  expect(lines({ columns: 100 })).toBeGreaterThan(6)
  expect(lines({ maxLines: 6 })).toBeGreaterThan(6)
})

test('the processes of a program are told by how many they were, which ended badly, and which cost most', () => {
  const metadata = sampleMetadata({ records: 1 })
  const process = (total_cost_usd: number, status: string, changes: object = {}) => ({
    ...{ transport: 'none', host: 'box', pid: 1, session: 0, status, start_time: null, end_time: null },
    ...{ records: 0, failed_records: 0, total_requests: 1, total_tokens: 1, total_cost_usd, ...changes },
  })
  const ended = (workers: object) =>
    endingOf({ ...metadata, execution: { ...metadata.execution, workers } } as Metadata)
  const well = ended({ p1: process(1, 'complete'), p2: process(2, 'complete') })
  expect(well.text.processes).toBe('2; p2 cost most: $2.00')
  expect(well.tones).not.toHaveProperty('processes')
  const one = ended({ p1: process(1, 'failed', { reason: 'killed' }), p2: process(0, 'complete') })
  expect(one.text.processes).toBe('2; 1 has not ended well: p1, killed; p1 cost most: $1.00')
  expect(one.tones.processes).toBe('warning')
  const two = ended({ p1: process(3, 'interrupted'), p2: process(1, 'failed') })
  expect(two.text.processes).toBe('2; 2 have not ended well: p1, interrupted, and 1 more; p1 cost most: $3.00')
  expect(ended({ w1: process(1, 'failed', { transport: 'file' }) }).text).not.toHaveProperty('processes')
})

test('records that asked no model have no cost each, and a run without answers has its time alone', () => {
  const { aggregate_statistics: totals, ...rest } = sampleMetadata({ records: 1 })
  const requests = { ...totals.requests, total_requests: 0 }
  expect(endingOf({ ...rest, aggregate_statistics: { ...totals, requests } }).text.cost).toBe('$0.000121')
  expect(endingOf({ records: 1, failEvery: 1 }).text.time).toBe('2 min 05 s')
  // Older files have no calls: there the only model tells how long they took, and of two nobody knows.
  const { calls: _, ...old } = totals
  const timeOf = (models: Metadata['models']) => endingOf({ ...rest, models, aggregate_statistics: old }).text.time
  expect(timeOf(rest.models)).toMatch(/^2 min 05 s; calls p50 /)
  expect(timeOf(sampleMetadata({ records: 1, models: ['m1', 'm2'] }).models)).toBe('2 min 05 s')
  const { text } = endingOf({ records: 1, failEvery: 1 }, { reasons: ['You exceeded your current quota'] })
  expect(text).not.toHaveProperty('to mend')
  const denied = { ...totals.records, total_failed: 1, error_types: { http_401: 1 } }
  expect(endingOf({ ...rest, aggregate_statistics: { ...totals, records: denied } }).text['to mend']).toMatch(
    /^the key/,
  )
})
