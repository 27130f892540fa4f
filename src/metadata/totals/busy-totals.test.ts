import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { RequestEnd } from '../event.ts'
import { RunTotals } from '../run-totals.ts'
import { metadataSchema } from '../schema.ts'
import { summarize } from '../summary.ts'

const price = {
  source: 'prices.yaml',
  version: '1',
  provider: 'vllm',
  product: 'llama',
  tier: 'busy time',
  date: '2026-11-23',
}

function request(startedAtMs: number, durationSeconds: number, rest: Partial<RequestEnd> = {}): RequestEnd {
  const cost = { status: 'partial', picodollars: 0, lines: [], hourly: { usdPerHour: 3600, price } } as const
  return requestEnd({ model: 'llama', startedAtMs, durationSeconds, usage: { input: 1, output: 1 }, cost, ...rest })
}

function summaryOf(events: readonly RequestEnd[]) {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return metadataSchema.parse(summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 }))
}

// 3600 USD an hour is one a second.
const run = summaryOf([
  request(0, 2, { node: 'a' }),
  request(1000, 2, { node: 'b' }),
  request(10_000, 1),
  request(20_000, 1, { model: 'other' }),
])

test('a machine is paid for the time it was busy, whichever nodes used it', () => {
  expect(run.models.llama?.cost).toMatchObject({ total_cost_usd: 4, status: 'priced' })
  expect(run.models.other?.cost.total_cost_usd).toBe(1)
  expect(run.aggregate_statistics.cost).toMatchObject({ total_cost_usd: 5, status: 'priced', unpriced_requests: 0 })
})

test('it belongs to no node, so that nodes and what is outside them add up to the models', () => {
  expect(run.nodes.a?.cost).toBeUndefined()
  expect(run.aggregate_statistics.unattributed?.total_cost_usd).toBe(5)
})

test('its receipt says how long, and at what price', () => {
  expect(run.models.llama?.cost.receipt).toMatchObject([
    { source: 'prices.yaml', tier: 'busy time', requests: 3, busy_seconds: 4, usd_per_hour: 3600, total_usd: 4 },
  ])
})

test('a rehearsal of it is no money spent', () => {
  const cost = { ...request(0, 1).cost, status: 'simulated', picodollars: 0, lines: [] } as const
  const { aggregate_statistics: totals } = summaryOf([request(0, 2, { node: 'a', cost })])
  expect(totals.cost).toMatchObject({ total_cost_usd: 2, status: 'simulated', simulated_cost_usd: 2 })
  expect(totals.unattributed?.total_cost_usd).toBe(2)
})
