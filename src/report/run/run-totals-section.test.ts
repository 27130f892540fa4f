import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { totalsSection } from './run-totals-section.ts'

function recordsOf(records: object) {
  const metadata = sampleMetadata()
  const statistics = {
    ...metadata.aggregate_statistics,
    records: { ...metadata.aggregate_statistics.records, ...records },
  }
  return new Map(totalsSection({ ...metadata, aggregate_statistics: statistics }).pairs).get('records')
}

test('a run without records says so, and one with failed records warns', () => {
  expect(recordsOf({ total_processed: 0, total_failed: 0, success_rate: 0 })).toBe('none')
  expect(recordsOf({ total_processed: 1, total_failed: 0, success_rate: 1 })).toBe('1, 0 failed, 100% succeeded')
  expect(recordsOf({ total_processed: 4, total_failed: 1, success_rate: 0.75 })).toEqual({
    text: '4, 1 failed, 75% succeeded',
    tone: 'warning',
  })
})
