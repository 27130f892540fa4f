import { expect, test } from 'vitest'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { readRunsQuery, selectRuns, writeRunsQuery } from './runs-query.ts'

function rowOf(task: string, startedAtMs: number, extra: Partial<RunRow> = {}): RunRow {
  return {
    path: `${task}/metadata_${startedAtMs}.json`,
    task,
    status: 'complete',
    startedAtMs,
    records: startedAtMs,
    failedRecords: 0,
    successRate: 1,
    requests: 1,
    totalTokens: 0,
    cost: { total_cost_usd: 0 },
    ...extra,
  }
}

const nowMs = 10 * 86_400_000

const rows = [
  rowOf('alpha', 1),
  rowOf('beta', 2, { status: 'dead', commit: 'abc1234' }),
  rowOf('alpha', 3, {
    runId: 'run-77',
    runName: 'night',
    cost: { total_cost_usd: 2 },
    models: [{ model: 'gpt-5-mini', provider: 'openai', requests: 1, tokens: 1, cost: { total_cost_usd: 2 } }],
  }),
]

function select(query: string): string[] {
  return selectRuns(rows, readRunsQuery(new URLSearchParams(query)), nowMs).map(
    ({ task, startedAtMs }) => `${task} ${startedAtMs}`,
  )
}

test.each([
  ['', ['alpha 3', 'beta 2', 'alpha 1']],
  ['order=reverse', ['alpha 1', 'beta 2', 'alpha 3']],
  ['search=ALPHA', ['alpha 3', 'alpha 1']],
  ['search=abc1', ['beta 2']],
  ['search=alpha run-77', ['alpha 3']],
  ['status=dead', ['beta 2']],
  ['task=alpha&sort=records', ['alpha 3', 'alpha 1']],
  ['sort=nonsense', ['alpha 3', 'beta 2', 'alpha 1']],
  ['search=nothing', []],
  ['search=gpt-5', ['alpha 3']],
  ['search=night', ['alpha 3']],
  ['model=gpt-5-mini', ['alpha 3']],
  ['min=1.5', ['alpha 3']],
  ['days=7', []],
])('the runs of "%s"', (query, expected) => {
  expect(select(query)).toEqual(expected)
})

test('a query comes back from its address as it was', () => {
  const query = readRunsQuery(
    new URLSearchParams('search=a b&status=failed&sort=cost&order=reverse&task=x&days=7&min=0.5&model=m&shown=1200'),
  )
  expect(readRunsQuery(new URLSearchParams(writeRunsQuery(query)))).toEqual(query)
})
