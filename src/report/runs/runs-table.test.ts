import { expect, test } from 'vitest'
import { type SampleRunOptions, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { renderSections } from '../text/render-sections.ts'
import { textOf } from '../text/section.ts'
import { textWidth } from '../text/terminal-text.ts'
import { type RunRow, readRunRow, rowPart } from './run-row.ts'
import { filterRuns, type runSortKeys, runsSection, sortRuns } from './runs-table.ts'

function rowOf(options: SampleRunOptions = {}, isAlive = true): RunRow {
  const row = readRunRow(sampleMetadata(options), { path: `${options.runId ?? 'run'}.json`, isAlive: () => isAlive })
  if (row === undefined) throw new Error('a sample has a row')
  return row
}

test('runs are filtered by task, by status and by when they began', () => {
  const rows = [rowOf({ startedAtMs: 1000 }), rowOf({ startedAtMs: 2000, taskName: 'other', status: 'failed' })]
  expect(filterRuns(rows, { task: 'OTH' })).toEqual([rows[1]])
  expect(filterRuns(rows, { status: 'complete' })).toEqual([rows[0]])
  expect(filterRuns(rows, { sinceMs: 2000 })).toEqual([rows[1]])
  expect(filterRuns(rows, { untilMs: 2000 })).toEqual([rows[0]])
})

test('a row holds the totals of its run', () => {
  const metadata = sampleMetadata({ failEvery: 10 })
  expect(rowOf({ failEvery: 10 })).toMatchObject({
    task: 'examples.code_assistant',
    status: 'complete',
    records: 20,
    failedRecords: 2,
    successRate: 0.9,
    durationSeconds: 125,
    totalTokens: metadata.aggregate_statistics.tokens.total_tokens,
    p95Seconds: metadata.aggregate_statistics.calls?.latency_statistics.p95,
  })
})

test('a running run whose process is gone is dead', () => {
  expect(rowOf({ status: undefined }, true).status).toBe('running')
  expect(rowOf({ status: undefined }, false).status).toBe('dead')
  expect(rowOf({}, false).status).toBe('complete')
})

test('the cost of a run that left calls in batches, or requests without an answer, is a lower bound', () => {
  const metadata = sampleMetadata()
  const { execution, aggregate_statistics: totals } = metadata
  const batch = { id: 'b1', provider_id: 'p1', model: 'gpt-4o-mini', answered: null, submitted_at: '', changed_at: '' }
  const inBatches = (state: 'waiting' | 'ended') => ({
    ...metadata,
    execution: { ...execution, batches: [{ ...batch, state, lines: 3 }] },
  })
  const requests = { ...totals.requests, in_flight_requests: 2 }
  const lost = { ...metadata, status: 'interrupted', aggregate_statistics: { ...totals, requests } }
  const costCellOf = (file: unknown, isAlive = false) => {
    const row = readRunRow(file, { path: 'run.json', isAlive: () => isAlive })
    const section = runsSection('Runs', row === undefined ? [] : [row])
    return renderSections(section === undefined ? [] : [section], { columns: 200 })
  }
  const usd = /≥ \$0\.\d+/
  expect(costCellOf(inBatches('waiting'))).toMatch(usd)
  expect(costCellOf(lost)).toMatch(usd)
  // Its process is gone: nobody will hear of them any more.
  expect(costCellOf({ ...lost, status: 'running' })).toMatch(usd)
  expect(costCellOf({ ...lost, status: 'running' }, true)).not.toMatch(usd)
  expect(costCellOf(inBatches('ended'))).not.toMatch(usd)
})

test('the beginning of a file is enough for its row', () => {
  const text = JSON.stringify(sampleMetadata(), null, 2)
  const part = rowPart(text.slice(0, 8192))
  expect(readRunRow(JSON.parse(part ?? ''), { path: 'run.json', isAlive: () => true })).toEqual(rowOf())
})

test('a file written on one line, of an older format or cut off is not taken for its beginning', () => {
  const metadata = sampleMetadata()
  expect(rowPart(JSON.stringify(metadata))).toBeUndefined()
  expect(rowPart(JSON.stringify({ ...metadata, metadata_version: '1.0.0' }, null, 2))).toBeUndefined()
  expect(rowPart(JSON.stringify(metadata, null, 2).slice(0, 500))).toBeUndefined()
})

test('what is no metadata file has no row', () => {
  for (const value of [undefined, null, 7, [], {}, { metadata_version: '9.9.9' }]) {
    expect(readRunRow(value, { path: 'x.json', isAlive: () => true })).toBeUndefined()
  }
})

test('runs are filtered by task, status and start', () => {
  const rows = [
    rowOf({ runId: 'a', startedAtMs: 1_000_000 }),
    rowOf({ runId: 'b', taskName: 'other', startedAtMs: 2_000_000 }),
    rowOf({ runId: 'c', status: 'failed', startedAtMs: 3_000_000 }),
  ]
  const ids = (filtered: readonly RunRow[]) => filtered.map(({ runId }) => runId)
  expect(ids(filterRuns(rows, {}))).toEqual(['a', 'b', 'c'])
  expect(ids(filterRuns(rows, { task: 'CODE' }))).toEqual(['a', 'c'])
  expect(ids(filterRuns(rows, { status: 'failed' }))).toEqual(['c'])
  expect(ids(filterRuns(rows, { sinceMs: 2_000_000 }))).toEqual(['b', 'c'])
})

test('the newest run is first; by cost the most expensive, and an unknown cost last', () => {
  const rows = [
    rowOf({ runId: 'old', startedAtMs: 1_000_000, priceFactor: 9 }),
    rowOf({ runId: 'unpriced', startedAtMs: 2_000_000, unpricedModels: ['gpt-4o-mini'] }),
    rowOf({ runId: 'new', startedAtMs: 3_000_000 }),
  ]
  expect(sortRuns(rows, 'started').map(({ runId }) => runId)).toEqual(['new', 'unpriced', 'old'])
  expect(sortRuns(rows, 'cost').map(({ runId }) => runId)).toEqual(['old', 'new', 'unpriced'])
})

test.each([0, 40, 80, 200])('the list is right at %i columns', (columns) => {
  const rows = [
    rowOf({ runId: '5f0c1d2e-1' }),
    rowOf({ runId: 'b', taskName: 'x'.repeat(100), costStatus: 'simulated' }),
  ]
  const section = runsSection('2 runs', rows)
  const text = section === undefined ? '' : renderSections([section], { columns })
  for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(columns || 500)
  for (const shown of ['5f0c1d2e', 'complete', 'simulated']) expect(text).toContain(shown)
})

const plain: RunRow = {
  path: 'a.json',
  task: 'tasks.write',
  status: 'complete',
  startedAt: '2026-11-23T18:19:07+01:00',
  startedAtMs: 5,
  durationSeconds: 125,
  records: 20,
  failedRecords: 0,
  successRate: 1,
  requests: 40,
  totalTokens: 1_000,
  cost: { total_cost_usd: 2, status: 'priced' },
  p95Seconds: 3,
}

test.each<[(typeof runSortKeys)[number], Partial<RunRow>, Partial<RunRow>]>([
  ['started', { startedAtMs: 9 }, { startedAtMs: 0 }],
  ['duration', { durationSeconds: 200 }, { durationSeconds: undefined }],
  ['records', { records: 30 }, { records: 3 }],
  ['success', { successRate: 1, startedAtMs: 9 }, { records: 0, successRate: 1 }],
  ['cost', { cost: { total_cost_usd: 3, status: 'partial' } }, { cost: { total_cost_usd: 0, status: 'unpriced' } }],
  ['cost', { cost: { total_cost_usd: 3 } }, { requests: 0, cost: { total_cost_usd: 9 } }],
  ['tokens', { totalTokens: 2_000 }, { totalTokens: 10 }],
  ['p95', { p95Seconds: 4 }, { p95Seconds: undefined }],
  ['task', { task: 'a' }, { task: 'z' }],
  ['status', { status: 'a' as RunRow['status'] }, { status: 'running' }],
])(
  'sorted by %s, what has most or comes first in the alphabet is first, and what is not known last',
  (key, first, last) => {
    const rows = [
      { ...plain, path: 'last', ...last },
      { ...plain, path: 'middle' },
      { ...plain, path: 'first', ...first },
    ]
    const order = ['first', 'middle', 'last']
    expect(sortRuns(rows, key).map(({ path }) => path)).toEqual(order)
    expect(sortRuns(rows.toReversed(), key).map(({ path }) => path)).toEqual(order)
  },
)

test('runs that are alike stand with the newest first, and those of one moment by their files', () => {
  const rows = [
    { ...plain, path: 'b', startedAtMs: 1 },
    { ...plain, path: 'a', startedAtMs: 1 },
    { ...plain, path: 'c', startedAtMs: 2 },
  ]
  for (const given of [rows, rows.toReversed()]) {
    expect(sortRuns(given, 'tokens').map(({ path }) => path)).toEqual(['c', 'a', 'b'])
  }
})

test('a row of the list has what is known of a run', () => {
  const tableOf = (...rows: readonly Partial<RunRow>[]) => {
    const section = runsSection(
      'Runs',
      rows.map((row) => ({ ...plain, ...row })),
    )
    if (section?.type !== 'table') throw new Error('a list of runs is a table')
    return { notes: section.notes, rows: section.rows.map((cells) => cells.map(textOf)) }
  }
  const whole = ['write', 'complete', '2026-11-23 18:19', '2 min 05 s', '20', '100%', '$2.00', '1,000', '3.00 s']
  expect(tableOf({ runId: '5f0c1d2e-7a8b' }, {})).toEqual({
    notes: undefined,
    rows: [
      ['5f0c1d2e', ...whole],
      ['a.json', ...whole],
    ],
  })
  const idle = { records: 0, requests: 0, durationSeconds: undefined, p95Seconds: undefined, startedAt: undefined }
  expect(tableOf({}, idle).rows?.[1]).toEqual(['a.json', 'write', 'complete', '–', '–', '0', '–', '–', '1,000', '–'])
  const rehearsal = { cost: { total_cost_usd: 2, status: 'simulated' } } as const
  const costs = (...rows: readonly Partial<RunRow>[]) => {
    const { notes, rows: cells } = tableOf(...rows)
    return { note: notes?.[0]?.split(' are')[0], costs: cells?.map((row) => row[7]) }
  }
  expect(costs(rehearsal, {})).toEqual({ note: 'Costs in brackets', costs: ['($2.00)', '$2.00'] })
  // One that asked nothing is no run of another kind.
  expect(costs(rehearsal, { ...idle, cost: { total_cost_usd: 0 } })).toEqual({ note: 'Costs', costs: ['$2.00', '–'] })
  expect(costs({ ...rehearsal, cost: { ...rehearsal.cost, is_lower_bound: true } }).costs).toEqual(['≥ $2.00'])
})

test('a status and failed records are marked as what they are', () => {
  const tonesOf = (row: Partial<RunRow>) => {
    const section = runsSection('Runs', [{ ...plain, ...row }])
    const [cells = []] = section?.type === 'table' ? section.rows : []
    return cells.flatMap((cell) => (typeof cell === 'string' ? [] : [cell]))
  }
  expect(tonesOf({})).toEqual([{ text: 'complete', tone: 'good' }])
  expect(tonesOf({ status: 'interrupted', failedRecords: 1, successRate: 0.95 })).toEqual([
    { text: 'interrupted', tone: 'warning' },
    { text: '95%', tone: 'warning' },
  ])
  for (const status of ['running', 'unfinished'] as const) expect(tonesOf({ status })[0]?.tone).toBe('warning')
  for (const status of ['failed', 'dead'] as const) expect(tonesOf({ status })[0]?.tone).toBe('bad')
})
