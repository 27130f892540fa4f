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
