import { expect, test } from 'vitest'
import { sampleEvents, sampleMetadata } from '../../test/helpers/sample-run.ts'
import { RecordRows } from './record-rows.ts'

function rowsOf(options: Parameters<typeof sampleEvents>[0]) {
  const rows = new RecordRows()
  for (const event of sampleEvents(options)) rows.add(event)
  return rows.list()
}

test('the rows of the records add up to the run', () => {
  const options = { records: 30, failEvery: 10 }
  const rows = rowsOf(options)
  const { records, requests, tokens, cost } = sampleMetadata(options).aggregate_statistics
  const sum = (key: 'requests' | 'retries' | 'failedAttempts' | 'promptTokens' | 'completionTokens' | 'costUsd') =>
    rows.reduce((total, row) => total + row[key], 0)
  expect(rows).toHaveLength(records.total_processed)
  expect(rows.filter(({ status }) => status === 'failed')).toHaveLength(records.total_failed)
  expect(sum('requests')).toBe(requests.total_requests)
  expect(sum('retries')).toBe(requests.total_retries)
  expect(sum('failedAttempts')).toBe(requests.failed_attempts)
  expect(sum('promptTokens')).toBe(tokens.total_prompt_tokens)
  expect(sum('completionTokens')).toBe(tokens.total_completion_tokens)
  expect(sum('costUsd')).toBeCloseTo(cost.total_cost_usd, 6)
})

test('a record whose end nobody saw is open, one that was done again is what it became', () => {
  const rows = new RecordRows()
  rows.add({ type: 'node-end', node: 'a', nodeType: 'llm', recordId: 'one', succeeded: true, durationSeconds: 1 })
  rows.add({ type: 'record-end', recordId: 'two', succeeded: false, reason: 'no answer', costPicodollars: 2e12 })
  rows.add({ type: 'record-end', recordId: 'three', succeeded: false, errorType: 'http_500' })
  rows.add({ type: 'record-end', recordId: 'three', succeeded: true, repeatsFailure: true, durationSeconds: 3 })
  expect(rows.list()).toMatchObject([
    { recordId: 'one', status: 'open' },
    { recordId: 'two', status: 'failed', reason: 'no answer', costUsd: 2 },
    { recordId: 'three', status: 'succeeded', errorType: undefined, durationSeconds: 3 },
  ])
})
