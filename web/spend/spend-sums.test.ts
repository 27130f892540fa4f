import { expect, test } from 'vitest'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { spendTable } from './spend-sums.ts'

function run(day: number, cost: RunRow['cost'], models: RunRow['models']): RunRow {
  return {
    path: `${day} ${cost.total_cost_usd}`,
    task: 't',
    status: 'complete',
    startedAtMs: new Date(2026, 10, day, 12).getTime(),
    records: 1,
    failedRecords: 0,
    successRate: 1,
    requests: 2,
    totalTokens: 10,
    cost,
    ...(models === undefined ? {} : { models }),
  }
}

function model(name: string, usd: number, status: 'priced' | 'simulated' | 'reported' = 'priced') {
  return { model: name, provider: 'p', requests: 1, tokens: 5, cost: { total_cost_usd: usd, status } }
}

// 2026-11-23 is a Monday: the first two runs are of one week, the third of the next.
const rows = [
  run(23, { total_cost_usd: 3, status: 'priced' }, [model('a', 1), model('b', 2)]),
  run(29, { total_cost_usd: 4, status: 'reported' }, [model('a', 4, 'reported')]),
  run(30, { total_cost_usd: 8, status: 'simulated' }, [model('b', 8, 'simulated')]),
]

test('kinds of money are never added up', () => {
  const { total } = spendTable(rows, { key: 'task', period: 'day', kind: 'real' })
  expect(total.usd).toEqual({ real: 3, reported: 4, simulated: 8 })
  expect(total.runs).toBe(3)
})

test('sums by model and by week', () => {
  const { parts, periods, cells } = spendTable(rows, { key: 'model', period: 'week', kind: 'real' })
  expect(parts.map(({ name, usd }) => [name, usd.real])).toEqual([
    ['b', 2],
    ['a', 1],
  ])
  expect(periods.map(({ name, usd }) => [name, usd.real, usd.simulated])).toEqual([
    ['week of 2026-11-30', 0, 8],
    ['week of 2026-11-23', 3, 0],
  ])
  expect(cells.get('week of 2026-11-23')?.get('b')).toBe(2)
})

test('a sum with a cost that is not known is a lower bound', () => {
  const partial = run(23, { total_cost_usd: 1, status: 'partial' }, undefined)
  expect(spendTable([partial], { key: 'task', period: 'month', kind: 'real' }).total.isLowerBound).toBe(true)
})
