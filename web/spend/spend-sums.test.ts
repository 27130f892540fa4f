import { expect, test } from 'vitest'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { amountOf, repricedSum, spendTable } from './spend-sums.ts'

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
  expect(cells.get('week of 2026-11-23')?.get('b')?.usd.real).toBe(2)
})

test('a sum with a cost that is not known is a lower bound, of its own kind of money alone', () => {
  const partial = run(23, { total_cost_usd: 1, status: 'partial' }, undefined)
  const { total, cells } = spendTable([partial, ...rows.slice(1)], { key: 'task', period: 'month', kind: 'real' })
  expect(total.isLowerBound).toEqual({ real: true, reported: false, simulated: false })
  const cell = cells.get('2026-11')?.get('t')
  expect(cell && amountOf(cell, 'real')).toEqual({ total_cost_usd: 1, status: 'partial' })
  expect(cell && amountOf(cell, 'reported')).toEqual({ total_cost_usd: 4, status: 'priced' })
})

test('a run that left calls of which nobody knows what they cost is a lower bound at each of its models', () => {
  const open = run(23, { total_cost_usd: 3, status: 'priced', isOpen: true }, [model('a', 1), model('b', 2)])
  const { parts, total } = spendTable([open], { key: 'model', period: 'day', kind: 'real' })
  expect(parts.map((part) => amountOf(part, 'real').status)).toEqual(['partial', 'partial'])
  expect(amountOf(total, 'real')).toEqual({ total_cost_usd: 3, status: 'partial' })
  // Also where nothing but these was asked.
  const alone = { ...run(23, { total_cost_usd: 0, isOpen: true }, undefined), requests: 0 }
  expect(spendTable([alone], { key: 'task', period: 'day', kind: 'real' }).total.isLowerBound.real).toBe(true)
})

test('a model without a price did not cost nothing', () => {
  const unpriced = run(23, { total_cost_usd: 0, status: 'unpriced' }, [
    { ...model('own', 0), cost: { total_cost_usd: 0, status: 'unpriced' } },
  ])
  const { parts } = spendTable([unpriced], { key: 'model', period: 'day', kind: 'real' })
  expect(parts.map((part) => amountOf(part, 'real').status)).toEqual(['unpriced'])
})

test('a run of several kinds of money is told apart by task as it is by model', () => {
  const mixed = run(23, { total_cost_usd: 3, status: 'priced', simulated_cost_usd: 8 }, [
    model('a', 1),
    model('b', 2, 'reported'),
    model('c', 8, 'simulated'),
  ])
  const usd = { real: 1, reported: 2, simulated: 8 }
  for (const key of ['task', 'model'] as const) {
    expect(spendTable([mixed], { key, period: 'day', kind: 'real' }).total.usd).toEqual(usd)
  }
})

test('on another model only runs are summed of which both costs are known', () => {
  const repriced = [{ sections: [], change: { beforeUsd: 4, afterUsd: 1 } }, { sections: [] }]
  expect(repricedSum(repriced)).toEqual({ runs: 1, unknown: 1, beforeUsd: 4, afterUsd: 1 })
})
