import { expect, test } from 'vitest'
import type { CostBlock } from '../text/format-cost.ts'
import type { RunRow } from './run-row.ts'
import { costOfRuns, runsCostText } from './runs-table.ts'

function row(cost: CostBlock, requests = 20): RunRow {
  return {
    path: 'metadata.json',
    task: 't',
    status: 'complete',
    startedAtMs: 0,
    records: 1,
    failedRecords: 0,
    successRate: 1,
    requests,
    totalTokens: 1,
    cost,
  }
}

const textOf = (...rows: RunRow[]) => runsCostText(costOfRuns(rows))

test('money spent is added up, and what was rehearsed is said beside it', () => {
  const rows = [
    row({ total_cost_usd: 0.5, status: 'priced', simulated_cost_usd: 0.25 }),
    row({ total_cost_usd: 1, status: 'reported' }),
    row({ total_cost_usd: 0.75, status: 'simulated' }),
  ]
  expect(textOf(...rows)).toBe('Spent: $1.50 + $1.00 simulated, which is not spent')
})

test('one run with requests that have no price makes the sum a lower bound', () => {
  const partial = row({ total_cost_usd: 0.5, status: 'partial', unpriced_requests: 4 })
  expect(textOf(partial, row({ total_cost_usd: 1, status: 'priced' }))).toBe(
    'Spent: ≥ $1.50 (1 run has requests whose cost is not known)',
  )
  expect(textOf(partial, partial)).toContain('(2 runs have requests whose cost is not known)')
})

test('a rehearsal of which a part has no price makes the sum of rehearsals a lower bound, and no other', () => {
  const rehearsal = row({ total_cost_usd: 0.5, status: 'simulated', is_lower_bound: true })
  expect(textOf(rehearsal, row({ total_cost_usd: 1, status: 'priced' }))).toBe(
    'Spent: $1.00 + ≥ $0.50 simulated, which is not spent',
  )
})

test('a run without requests changes nothing', () => {
  expect(textOf(row({ total_cost_usd: 0, status: 'unpriced' }, 0))).toBe('Spent: $0.00')
})

test('a run that left calls of which nobody knows what they cost makes the sum a lower bound, even where nothing else was asked', () => {
  const open = row({ total_cost_usd: 0, status: null, isOpen: true }, 0)
  expect(textOf(open, row({ total_cost_usd: 1, status: 'priced' }))).toBe(
    'Spent: ≥ $1.00 (1 run has requests whose cost is not known)',
  )
})
