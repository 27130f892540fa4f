import { test } from 'vitest'
import type { MetadataEvent, RecordEnd } from '../../src/metadata/event.ts'
import { requestEnd } from '../helpers/request-end.ts'
import { cost, expectAccount, picodollars, runEnd, runStart, statisticsRows } from './account.ts'

const tenOClock = Date.UTC(2026, 10, 23, 10)

test('records that succeeded, failed, and were done again', () => {
  // session  record  end        seconds  USD     again
  // 0        r1      succeeded  2        0.0010
  // 0        r2      failed     1        0.0005
  // 0        r3      failed     4        0.0020
  // 0        r4      succeeded  3        0.0015
  // 1        r2      succeeded  2        0.0010  after its failure
  // 1        r3      failed     5        0.0025  after its failure
  // 1        r1      succeeded  2        0.0010  its row was lost
  // 1        r5      succeeded  1        0.0005
  const record = (
    recordId: string,
    durationSeconds: number,
    usd: number,
    rest: Partial<RecordEnd> = {},
  ): RecordEnd => ({
    type: 'record-end',
    recordId,
    succeeded: rest.errorType === undefined,
    durationSeconds,
    costPicodollars: picodollars(usd),
    ...rest,
  })
  const history: MetadataEvent[] = [
    runStart(),
    record('r1', 2, 0.001),
    record('r2', 1, 0.0005, { errorType: 'timeout' }),
    record('r3', 4, 0.002, { errorType: 'bad_answer' }),
    record('r4', 3, 0.0015),
    runEnd(10, { records: 4 }),
    runStart({ session: 1, startedAtMs: tenOClock + 3_600_000 }),
    record('r2', 2, 0.001, { repeatsFailure: true }),
    record('r3', 5, 0.0025, { repeatsFailure: true, errorType: 'bad_answer' }),
    record('r1', 2, 0.001, { repeatsSuccess: true }),
    record('r5', 1, 0.0005),
    runEnd(10, { session: 1, records: 4, endedAtMs: tenOClock + 3_610_000 }),
  ]
  expectAccount(history, [
    ['aggregate_statistics records total_processed', 5, 'r1 to r5, each once'],
    ['aggregate_statistics records total_failed', 1, 'r3: r2 succeeded in the end'],
    ['aggregate_statistics records success_rate', 0.8, '4 of 5'],
    ['aggregate_statistics records error_types', { bad_answer: 2, timeout: 1 }, 'each time it happened'],
    ['aggregate_statistics throughput records_per_second', 0.25, '5 in 20 s'],
    ['aggregate_statistics waste failed_records records', 1, 'r3'],
    ['aggregate_statistics waste failed_records seconds', 10, '1 + 4 + 5: what was lost stays lost, of r2 too'],
    ['aggregate_statistics waste failed_records cost_usd', 0.005, '0.0005 + 0.002 + 0.0025'],
    ...statisticsRows('aggregate_statistics cost_per_record', {
      min: [0.0005, 'of 0.0005 0.0005 0.001 0.001 0.001 0.0015 0.002 0.0025: each time counts'],
      max: [0.0025, 'the second time of r3'],
      mean: [0.00125, '0.01 / 8'],
      median: [0.001, 'the fourth and the fifth are equal'],
      std_dev: [0.000707, 'root of (2 × 0.75² + 3 × 0.25² + 0.25² + 0.75² + 1.25²) / 7 / 1000 = root of 0.5 / 1000'],
      p50: [0.001, 'the fourth and the fifth are equal'],
      p95: [0.002325, 'at 0.95 × 7 = 6.65: 0.002 + 0.65 × 0.0005'],
      p99: [0.002465, 'at 0.99 × 7 = 6.93: 0.002 + 0.93 × 0.0005'],
    }),
    ['aggregate_statistics latency_per_record max', 5, 'the second time of r3'],
    ['aggregate_statistics latency_per_record mean', 2.5, '20 / 8'],
    ['aggregate_statistics latency_per_record median', 2, 'the fourth and the fifth of 1 1 2 2 2 3 4 5'],
    ['aggregate_statistics latency_per_record slowest 0', { record_id: 'r3', duration_seconds: 5 }, 'its second time'],
    ['dataset num_records_processed', 5, 'r1 to r5'],
    ['execution sessions 0 records', 4, 'as the session states it'],
    ['execution sessions 1 records', 4, 'as the session states it'],
  ])
})

test('two sessions of one run, the first of which was broken off with a request on its way', () => {
  // A million tokens cost 1 USD in and 4 out.
  //
  // session  from      seconds  requests that ended                           lost
  // 0        10:00:00  30       100 in, 25 out; 300 in, 75 out (429 before)   1
  // 1        11:00:00  20       200 in, 50 out                                -
  const announced = (callId: string, atMs: number, resendCount = 0): MetadataEvent => ({
    type: 'request-start',
    callId,
    model: 'm',
    resendCount,
    startedAtMs: atMs,
  })
  const ended = { isAnnounced: true, durationSeconds: 2 }
  const secondStart = tenOClock + 3_600_000
  const history: MetadataEvent[] = [
    runStart(),
    announced('a', tenOClock),
    announced('b', tenOClock),
    requestEnd({
      ...ended,
      callId: 'a',
      startedAtMs: tenOClock,
      usage: { input: 100, output: 25 },
      cost: cost('m', 0.0002, [
        ['input', 100, 1, 0.0001],
        ['output', 25, 4, 0.0001],
      ]),
    }),
    requestEnd({ ...ended, callId: 'b', startedAtMs: tenOClock, status: 429, durationSeconds: 0.5 }),
    announced('b', tenOClock + 4500, 1),
    requestEnd({
      ...ended,
      callId: 'b',
      startedAtMs: tenOClock + 4500,
      resendCount: 1,
      waitSeconds: 4,
      callDurationSeconds: 6.5,
      usage: { input: 300, output: 75 },
      cost: cost('m', 0.0006, [
        ['input', 300, 1, 0.0003],
        ['output', 75, 4, 0.0003],
      ]),
    }),
    { type: 'record-end', recordId: 'r1', succeeded: true, durationSeconds: 9, costPicodollars: picodollars(0.0008) },
    announced('c', tenOClock + 20_000),
    runEnd(30, { status: 'interrupted', records: 1, reason: 'SIGINT' }),
    runStart({ session: 1, startedAtMs: secondStart }),
    announced('d', secondStart),
    requestEnd({
      ...ended,
      callId: 'd',
      startedAtMs: secondStart,
      usage: { input: 200, output: 50 },
      cost: cost('m', 0.0004, [
        ['input', 200, 1, 0.0002],
        ['output', 50, 4, 0.0002],
      ]),
    }),
    { type: 'record-end', recordId: 'r2', succeeded: true, durationSeconds: 3, costPicodollars: picodollars(0.0004) },
    runEnd(20, { session: 1, records: 1, endedAtMs: secondStart + 20_000 }),
  ]
  expectAccount(history, [
    ['run_id', 'run-1', 'both sessions are of it'],
    ['status', 'complete', 'of the last session'],
    ['execution timing start_time', '2026-11-23T10:00:00.000+00:00', 'of the first session'],
    ['execution timing end_time', '2026-11-23T11:00:20.000+00:00', 'of the last session'],
    ['execution timing duration_seconds', 50, '30 + 20: the hour between is not in it'],
    ['execution sessions 0 status', 'interrupted', 'as it ended'],
    ['execution sessions 0 duration_seconds', 30, 'as it states'],
    ['execution sessions 1 status', 'complete', 'as it ended'],
    ['execution sessions 1 duration_seconds', 20, 'as it states'],
    ['aggregate_statistics records total_processed', 2, 'one in each session'],
    ['aggregate_statistics requests total_requests', 4, 'those that ended'],
    ['aggregate_statistics requests in_flight_requests', 1, 'c was sent and nothing more is known of it'],
    ['aggregate_statistics requests total_retries', 1, 'after the 429'],
    ['aggregate_statistics requests total_failures', 0, 'the 429 was retried'],
    ['aggregate_statistics requests retry_rate', 0.25, '1 of 4'],
    ['aggregate_statistics requests retry_wait_seconds', 4, 'in front of the retry'],
    ['aggregate_statistics calls total', 3, 'a, b and d'],
    ['aggregate_statistics calls succeeded', 3, 'a, b and d'],
    ['aggregate_statistics calls latency_statistics max', 6.5, 'b: 0.5 + 4 + 2'],
    ['aggregate_statistics calls latency_statistics mean', 3.5, '(2 + 6.5 + 2) / 3'],
    ['aggregate_statistics tokens total_tokens', 750, '125 + 375 + 250'],
    ['aggregate_statistics cost total_cost_usd', 0.0012, '0.0002 + 0.0006 + 0.0004'],
    ['aggregate_statistics cost average_cost_per_record', 0.0006, '0.0012 / 2'],
    ['aggregate_statistics throughput records_per_second', 0.04, '2 in 50 s'],
    ['aggregate_statistics throughput requests_per_second', 0.08, '4 in 50 s'],
    ['aggregate_statistics throughput completion_tokens_per_second', 3, '150 in 50 s'],
    ['aggregate_statistics waste failed_attempts seconds', 0.5, 'the 429'],
    ['models m performance tokens_per_second', 25, '150 in 2 + 2 + 2 s'],
    ['models m performance total_latency_seconds', 6.5, '2 + 0.5 + 2 + 2'],
    ['models m cost receipt 0 total_usd', 0.0012, 'of both sessions'],
  ])
})
