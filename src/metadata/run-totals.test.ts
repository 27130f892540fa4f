import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryCall, arbitraryEvents } from '../../test/helpers/arbitrary-events.ts'
import { usdOf } from './cost.ts'
import type { MetadataEvent } from './event.ts'
import { noNode, RunTotals } from './run-totals.ts'
import { metadataSchema } from './schema.ts'
import { summarize } from './summary.ts'

const clock = { generatedAtMs: Date.UTC(2026, 10, 23, 18, 19, 7), utcOffsetMinutes: 60 }

function fold(events: readonly MetadataEvent[]): RunTotals {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return totals
}

test('splitting the events anywhere and merging the parts gives the same file', () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.nat(), (events, cut) => {
      const position = cut % (events.length + 1)
      const merged = fold(events.slice(0, position))
      merged.merge(fold(events.slice(position)))
      expect(summarize(merged, clock)).toEqual(summarize(fold(events), clock))
    }),
  )
})

test('the order of events does not change a figure', () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.infiniteStream(fc.nat()), (events, random) => {
      const shuffled = events
        .map((event) => ({ event, key: random.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event)
      expect(summarize(fold(shuffled), clock)).toEqual(summarize(fold(events), clock))
    }),
  )
})

test('nodes and what belongs to none add up to the models and to the whole', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const totals = fold(events)
      const keys: readonly (string | typeof noNode)[] = [...totals.nodeNames(), noNode]
      const parts = keys.map((node) => totals.requestsOfNode(node))
      const models = totals.modelNames().map((model) => totals.requestsOfModel(model))
      const whole = totals.allRequests()
      for (const side of [parts, models]) {
        expect(sum(side.map(({ requests }) => requests))).toBe(whole.requests)
        expect(sum(side.map(({ tokens }) => tokens.total))).toBe(whole.tokens.total)
        expect(sum(side.map(({ cost }) => usdOf(cost.spent) * 1e12))).toBeCloseTo(usdOf(whole.cost.spent) * 1e12, 0)
      }
    }),
  )
})

test('attempts are first tries and retries, and calls succeeded or failed', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCall), (calls) => {
      const totals = fold(calls.flat()).allRequests()
      expect(totals.calls).toBe(calls.length)
      expect(totals.requests).toBe(totals.calls + totals.retries)
      expect(totals.failures).toBe(totals.calls - totals.succeededCalls)
      expect(totals.failedAttempts).toBe(totals.failures + totals.retries)
    }),
  )
})

test('a summary is a valid metadata file and its percentiles are in order', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const summary = metadataSchema.parse(summarize(fold(events), clock))
      for (const { performance } of Object.values(summary.models)) {
        const { min, p50, p95, p99, max } = performance.latency_statistics
        expect([min, p50, p95, p99, max]).toEqual([min, p50, p95, p99, max].sort((a, b) => a - b))
      }
      const { total_processed, total_failed } = summary.aggregate_statistics.records
      expect(total_failed).toBeLessThanOrEqual(total_processed)
      expect(JSON.stringify(summary)).not.toMatch(/NaN|Infinity/)
    }),
  )
})

test('a retried 429 is a retry, not a failure', () => {
  const attempt = { type: 'request-end', model: 'gpt-4o-mini', startedAtMs: 0, durationSeconds: 1 } as const
  const totals = fold([
    { ...attempt, status: 429, resendCount: 0 },
    { ...attempt, status: 200, resendCount: 1, waitSeconds: 2, callDurationSeconds: 4 },
  ]).allRequests()
  expect(totals).toMatchObject({ requests: 2, retries: 1, failures: 0, failedAttempts: 1, succeededCalls: 1 })
  expect(totals.callLatency.statistics().max).toBe(4_000_000)
})

test('the counts of the specification come out of 18 answers and two retried 429s', () => {
  const attempt = { type: 'request-end', model: 'gpt-4o-mini', startedAtMs: 0, durationSeconds: 1 } as const
  const retried = [
    { ...attempt, status: 429, resendCount: 0 },
    { ...attempt, status: 200, resendCount: 1 },
  ]
  const answers = Array.from({ length: 16 }, () => ({ ...attempt, status: 200, resendCount: 0 }))
  const summary = summarize(fold([...retried, ...retried, ...answers]), clock)
  expect(summary.aggregate_statistics.requests).toMatchObject({
    total_requests: 20,
    total_retries: 2,
    total_failures: 0,
    retry_rate: 0.1,
    failure_rate: 0,
  })
  expect(summary.models['gpt-4o-mini']?.response_code_distribution).toEqual({ '200': 18, '429': 2 })
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
