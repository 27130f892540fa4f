import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata } from '../../metadata/schema.ts'
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

test('what was spent outside nodes, avoided, or never asked for is told where there is any', () => {
  const metadata = sampleMetadata({ records: 1 })
  const textsOf = (changes: Partial<Metadata['aggregate_statistics']>, nodes = metadata.nodes) => {
    const aggregate_statistics = { ...metadata.aggregate_statistics, ...changes }
    return new Map(totalsSection({ ...metadata, nodes, aggregate_statistics }).pairs)
  }
  const { cost_per_record, throughput, unattributed, requests, calls, latency_per_record } =
    metadata.aggregate_statistics
  if (!cost_per_record || !throughput || !unattributed || !calls || !latency_per_record)
    throw new Error('the sample has them')
  expect(textsOf({}).has('outside nodes')).toBe(false)
  const own = { ...unattributed, total_tokens: 1_000, total_cost_usd: 2 }
  const three = { ...own, requests: { ...own.requests, total_requests: 3 } }
  expect(textsOf({ unattributed: three }).get('outside nodes')).toBe('3 requests, 1,000 tokens, $2.00')
  expect(textsOf({ unattributed: own }).get('outside nodes')).toBe('$2.00 for machines paid by the hour')
  // Without nodes everything is outside of them.
  expect(textsOf({ unattributed: three }, {}).has('outside nodes')).toBe(false)
  expect(textsOf({ cost_per_record: { ...cost_per_record, max: 0 } }).get('cost per record')).toBe('$0.000121')
  expect(
    textsOf({ throughput: { ...throughput, records_per_second: 0, requests_per_second: 0 } }).has('throughput'),
  ).toBe(false)
  expect(textsOf({ latency_per_record: { ...latency_per_record, max: 0 } }).has('time per record')).toBe(false)
  expect(textsOf({ calls: { ...calls, total: 1_000, failed: 2 } }).get('calls')).toBe('1,000, 2 failed')
  const quiet = { ...requests, total_requests: 2, total_retries: 0, total_failures: 0, failed_attempts: 0 }
  expect(textsOf({ requests: { ...quiet, retry_wait_seconds: 0 } }).get('requests')).toBe('2, 0 retries, 0 failed')
  const { tokens } = metadata.aggregate_statistics
  const all = { cached_prompt_tokens: 1, cache_write_tokens: 2, reasoning_tokens: 3, audio_tokens: 4 }
  const counted = { ...tokens, ...all, requests_without_usage: 5, estimated_tokens: 6 }
  expect(
    textsOf({ tokens: { ...counted, total_prompt_tokens: 9, total_completion_tokens: 8, total_tokens: 17 } }).get(
      'tokens',
    ),
  ).toBe(
    '17, 9 in (1 from cache, 2 written to cache), 8 out (3 reasoning), 4 of them audio, 5 answers without usage, 6 more by estimate',
  )
})
