import { expect, test } from 'vitest'
import { type SampleRunOptions, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { renderSections } from '../text/render-sections.ts'
import { textWidth } from '../text/terminal-text.ts'
import { type RunRow, readRunRow, rowPart } from './run-row.ts'
import { filterRuns, runsSection, sortRuns } from './runs-table.ts'

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
