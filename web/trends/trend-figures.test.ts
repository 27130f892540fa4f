import { expect, test } from 'vitest'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { costPerSuccess, tokensPerSuccess } from './trend-figures.ts'

const row: RunRow = {
  path: 'a',
  task: 't',
  status: 'complete',
  startedAtMs: 1,
  records: 60,
  failedRecords: 38,
  successRate: 22 / 60,
  requests: 687,
  totalTokens: 83_548,
  cost: { total_cost_usd: 0.136, status: 'simulated', is_lower_bound: true },
}

test('a run that failed at most of its records is not the cheapest: its cost is that of what succeeded, at least', () => {
  const point = costPerSuccess(row)
  expect(point.value).toBeCloseTo(0.136 / 22, 12)
  expect(point.isLowerBound).toBe(true)
  expect(tokensPerSuccess(row).value).toBeCloseTo(83_548 / 22, 6)
})

test.each([
  ['nothing succeeded', { failedRecords: 60 }],
  ['no price is known', { cost: { total_cost_usd: 0, status: 'unpriced' } as const }],
  ['no part of the price is known', { cost: { total_cost_usd: 0, status: 'partial' } as const }],
])('there is no point where %s', (_name, changes) => {
  expect(costPerSuccess({ ...row, ...changes }).value).toBeUndefined()
})
