import { test } from 'vitest'
import type { MetadataEvent, RequestEnd } from '../../src/metadata/event.ts'
import { requestEnd } from '../helpers/request-end.ts'
import { cost, expectAccount, picodollars, price, runEnd, runStart, statisticsRows } from './account.ts'

test('two nodes with two models, one retry after a 429 and one failure', () => {
  // A million tokens cost: small 0.50 in and 2 out, large 3 in and 15 out.
  //
  // record  node   model  status  in    out  seconds  USD
  // r1      draft  small  200     1000  500  2        0.0005 + 0.0010 = 0.0015
  // r1      judge  large  200     1500  100  1        0.0045 + 0.0015 = 0.0060
  // r2      draft  small  429     -     -    0.25     -
  // r2      draft  small  200     2000  250  3        0.0010 + 0.0005 = 0.0015   the retry, after a wait of 1.5 s
  // r2      judge  large  500     -     -    0.5      -
  const draft = { node: 'draft', model: 'small' }
  const judge = { node: 'judge', model: 'large' }
  const history: MetadataEvent[] = [
    runStart(),
    requestEnd({
      ...draft,
      durationSeconds: 2,
      usage: { input: 1000, output: 500 },
      cost: cost('small', 0.0015, [
        ['input', 1000, 0.5, 0.0005],
        ['output', 500, 2, 0.001],
      ]),
    }),
    { type: 'node-end', node: 'draft', nodeType: 'llm', model: 'small', succeeded: true, durationSeconds: 2 },
    requestEnd({
      ...judge,
      durationSeconds: 1,
      usage: { input: 1500, output: 100 },
      cost: cost('large', 0.006, [
        ['input', 1500, 3, 0.0045],
        ['output', 100, 15, 0.0015],
      ]),
    }),
    { type: 'node-end', node: 'judge', nodeType: 'llm', model: 'large', succeeded: true, durationSeconds: 1 },
    {
      type: 'record-end',
      recordId: 'r1',
      succeeded: true,
      durationSeconds: 3,
      costPicodollars: picodollars(0.0075),
    },
    requestEnd({ ...draft, status: 429, durationSeconds: 0.25 }),
    requestEnd({
      ...draft,
      resendCount: 1,
      durationSeconds: 3,
      waitSeconds: 1.5,
      callDurationSeconds: 4.75,
      usage: { input: 2000, output: 250 },
      cost: cost('small', 0.0015, [
        ['input', 2000, 0.5, 0.001],
        ['output', 250, 2, 0.0005],
      ]),
    }),
    { type: 'node-end', node: 'draft', nodeType: 'llm', model: 'small', succeeded: true, durationSeconds: 4.75 },
    requestEnd({ ...judge, status: 500, durationSeconds: 0.5 }),
    {
      type: 'node-end',
      node: 'judge',
      nodeType: 'llm',
      model: 'large',
      succeeded: false,
      durationSeconds: 0.5,
      errorType: 'http_500',
    },
    {
      type: 'record-end',
      recordId: 'r2',
      succeeded: false,
      durationSeconds: 5.25,
      costPicodollars: picodollars(0.0015),
      errorType: 'http_500',
    },
    runEnd(10, { records: 2 }),
  ]
  expectAccount(history, [
    ['execution timing duration_seconds', 10, 'as the session states it'],
    ['aggregate_statistics records total_processed', 2, 'r1 and r2'],
    ['aggregate_statistics records total_failed', 1, 'r2'],
    ['aggregate_statistics records success_rate', 0.5, '1 of 2'],
    ['aggregate_statistics records error_types', { http_500: 1 }, 'r2'],
    ['aggregate_statistics requests total_requests', 5, 'the rows of the table'],
    ['aggregate_statistics requests total_retries', 1, 'the one after the 429'],
    ['aggregate_statistics requests total_failures', 1, 'the 500: the 429 was retried'],
    ['aggregate_statistics requests retry_rate', 0.2, '1 of 5'],
    ['aggregate_statistics requests failure_rate', 0.2, '1 of 5'],
    ['aggregate_statistics requests failed_attempts', 2, '429 and 500'],
    ['aggregate_statistics requests retry_wait_seconds', 1.5, 'in front of the retry'],
    ['aggregate_statistics tokens total_prompt_tokens', 4500, '1000 + 1500 + 2000'],
    ['aggregate_statistics tokens total_completion_tokens', 850, '500 + 100 + 250'],
    ['aggregate_statistics tokens total_tokens', 5350, '4500 + 850'],
    ['aggregate_statistics tokens requests_without_usage', 0, 'every answer said it; failures are no answers'],
    ['aggregate_statistics cost total_cost_usd', 0.009, '0.0015 + 0.006 + 0.0015'],
    ['aggregate_statistics cost average_cost_per_record', 0.0045, '0.009 / 2'],
    ['aggregate_statistics cost status', 'priced', 'every answer has its price'],
    ['aggregate_statistics cost unpriced_requests', 0, 'none'],
    ['aggregate_statistics calls total', 4, 'the retry belongs to the call of the 429'],
    ['aggregate_statistics calls succeeded', 3, 'all but the 500'],
    ['aggregate_statistics calls failed', 1, 'the 500'],
    ...statisticsRows('aggregate_statistics calls latency_statistics', {
      min: [1, 'the calls that succeeded took 1, 2 and 0.25 + 1.5 + 3 = 4.75 s'],
      max: [4.75, 'of 1, 2 and 4.75'],
      mean: [2.583, '7.75 / 3 = 2.58333'],
      median: [2, 'the middle one'],
      std_dev: [1.942, 'root of (1.58333² + 0.58333² + 2.16667²) / 2 = root of 3.77083'],
      p50: [2, 'the middle one'],
      p95: [4.475, 'at 0.95 × 2 = 1.9: 2 + 0.9 × 2.75'],
      p99: [4.695, 'at 0.99 × 2 = 1.98: 2 + 0.98 × 2.75'],
    }),
    ['aggregate_statistics throughput records_per_second', 0.2, '2 in 10 s'],
    ['aggregate_statistics throughput requests_per_second', 0.5, '5 in 10 s'],
    ['aggregate_statistics throughput completion_tokens_per_second', 85, '850 in 10 s'],
    ['aggregate_statistics waste failed_attempts requests', 2, '429 and 500'],
    ['aggregate_statistics waste failed_attempts seconds', 0.75, '0.25 + 0.5'],
    ['aggregate_statistics waste failed_attempts cost_usd', 0, 'neither was charged'],
    ['aggregate_statistics waste retry_waits seconds', 1.5, 'in front of the retry'],
    ['aggregate_statistics waste truncated_answers requests', 0, 'none'],
    ['aggregate_statistics waste failed_records records', 1, 'r2'],
    ['aggregate_statistics waste failed_records seconds', 5.25, 'of r2'],
    ['aggregate_statistics waste failed_records cost_usd', 0.0015, 'of r2: its draft'],
    ['aggregate_statistics unattributed requests total_requests', 0, 'every request has a node'],
    ['aggregate_statistics unattributed total_cost_usd', 0, 'every request has a node'],
    ...statisticsRows('aggregate_statistics cost_per_record', {
      min: [0.0015, 'r2'],
      max: [0.0075, 'r1: 0.0015 + 0.006'],
      mean: [0.0045, '0.009 / 2'],
      median: [0.0045, 'half way between the two'],
      std_dev: [0.004243, 'of two values: their difference 0.006 / root of 2'],
      p50: [0.0045, 'half way between the two'],
      p95: [0.0072, '0.0015 + 0.95 × 0.006'],
      p99: [0.00744, '0.0015 + 0.99 × 0.006'],
    }),
    ['aggregate_statistics cost_per_record dearest 0', { record_id: 'r1', cost_usd: 0.0075 }, 'r1 before r2'],
    ['aggregate_statistics latency_per_record slowest 0', { record_id: 'r2', duration_seconds: 5.25 }, 'r2 before r1'],
    ['models small performance total_requests', 3, 'the rows of small'],
    ['models small performance total_retries', 1, 'after its 429'],
    ['models small performance total_failures', 0, 'its 429 was retried'],
    ['models small performance failure_rate', 0, 'none of 3'],
    ['models small performance total_latency_seconds', 5.25, '2 + 0.25 + 3; the wait is not in it'],
    ['models small performance average_latency_seconds', 1.75, '5.25 / 3'],
    ['models small performance tokens_per_second', 150, '750 tokens in 2 + 3 s'],
    ['models small performance failed_attempts', 1, 'the 429'],
    ['models small performance retry_wait_seconds', 1.5, 'in front of the retry'],
    ['models small performance error_types', { http_429: 1 }, 'the 429'],
    ['models small performance latency_statistics median', 2, 'of 0.25, 2 and 3'],
    ['models small response_code_distribution', { '200': 2, '429': 1 }, 'the rows of small'],
    ['models small token_statistics avg_prompt_tokens', 1500, '3000 / the 2 that reported usage'],
    ['models small token_statistics avg_completion_tokens', 375, '750 / 2'],
    ['models small token_statistics avg_total_tokens', 1875, '3750 / 2'],
    ['models small cost total_cost_usd', 0.003, '0.0015 + 0.0015'],
    ['models small cost average_cost_per_request', 0.001, '0.003 / 3'],
    ['models small cost receipt 0 requests', 2, 'the two that were charged'],
    ['models small cost receipt 0 total_usd', 0.003, '0.0015 + 0.0015'],
    ['models small cost receipt 0 classes 0 tokens', 3000, 'input: 1000 + 2000'],
    ['models small cost receipt 0 classes 0 usd', 0.0015, '3000 × 0.50 / 1,000,000'],
    ['models small cost receipt 0 classes 1 tokens', 750, 'output: 500 + 250'],
    ['models small cost receipt 0 classes 1 usd', 0.0015, '750 × 2 / 1,000,000'],
    ['models small calls total', 2, 'one of r1, one of r2'],
    ['models small calls succeeded', 2, 'both, in the end'],
    ['models large performance total_requests', 2, 'the rows of large'],
    ['models large performance total_failures', 1, 'the 500'],
    ['models large performance failure_rate', 0.5, '1 of 2'],
    ['models large performance tokens_per_second', 100, '100 tokens in 1 s'],
    ['models large cost total_cost_usd', 0.006, 'its one answer'],
    ['models large cost average_cost_per_request', 0.003, '0.006 / 2'],
    ['models large calls failed', 1, 'the 500'],
    ['nodes draft model_name', 'small', 'as its executions say'],
    ['nodes draft total_executions', 2, 'of r1 and r2'],
    ['nodes draft total_failures', 0, 'none'],
    ['nodes draft total_latency_seconds', 6.75, '2 + 4.75: the wait is in it'],
    ['nodes draft average_latency_seconds', 3.375, '6.75 / 2'],
    ['nodes draft cost total_cost_usd', 0.003, '0.0015 + 0.0015'],
    ['nodes draft cost average_cost_per_execution', 0.0015, '0.003 / 2'],
    ['nodes draft requests total_requests', 3, 'the rows of draft'],
    ['nodes draft requests retry_rate', 1 / 3, '1 of 3'],
    ['nodes draft models small total_tokens', 3750, '1500 + 2250'],
    ['nodes judge total_executions', 2, 'of r1 and r2'],
    ['nodes judge total_failures', 1, 'of r2'],
    ['nodes judge failure_rate', 0.5, '1 of 2'],
    ['nodes judge total_latency_seconds', 1.5, '1 + 0.5'],
    ['nodes judge error_types', { http_500: 1 }, 'of r2'],
    ['nodes judge cost total_cost_usd', 0.006, 'its one answer'],
    ['nodes judge cost average_cost_per_execution', 0.003, '0.006 / 2'],
    ['nodes judge token_statistics total_tokens', 1600, '1500 + 100'],
  ])
})

test('answers that could not be used and were asked for again hide no failure', () => {
  // call  attempts
  // a     200 of no use, 200
  // b     429, 200 of no use, 200
  // c     200 of no use, 500
  // d     500
  const again = { resendCount: 1 }
  const history: MetadataEvent[] = [
    requestEnd({ callId: 'a' }),
    requestEnd({ callId: 'a', ...again, repeatsAnswer: true }),
    requestEnd({ callId: 'b', status: 429 }),
    requestEnd({ callId: 'b', ...again }),
    requestEnd({ callId: 'b', resendCount: 2, repeatsAnswer: true }),
    requestEnd({ callId: 'c' }),
    requestEnd({ callId: 'c', ...again, status: 500, repeatsAnswer: true }),
    requestEnd({ callId: 'd', status: 500 }),
  ]
  expectAccount(history, [
    ['aggregate_statistics requests total_requests', 8, 'the attempts of the table'],
    ['aggregate_statistics requests total_retries', 4, 'a 1, b 2, c 1'],
    ['aggregate_statistics requests failed_attempts', 3, '429, 500, 500'],
    ['aggregate_statistics requests total_failures', 2, 'the 500 of c and that of d'],
    ['aggregate_statistics requests failure_rate', 0.25, '2 of 8'],
    ['aggregate_statistics calls total', 4, 'a to d'],
    ['aggregate_statistics calls succeeded', 2, 'a and b'],
    ['aggregate_statistics calls failed', 2, 'c and d'],
  ])
})

test('streams: one whole, one truncated, two aborted, one with an error inside', () => {
  // A million tokens cost: input 2, read from a cache 0.20, written to it for 5 minutes 2.50 and for an hour 4, output and
  // reasoning 8.
  //
  // stream     in    read  written   out  reasoning  s    first token  USD
  // whole      1000  4000  2000 (5)  300  700        5    1            0.002 + 0.0008 + 0.005 + 0.0024 + 0.0056 = 0.0158
  // truncated  500   -     1000 (h)  1000 -          4    0.5          0.001 + 0.004 + 0.008 = 0.0130
  // aborted    600   -     -         50   -          1.5  0.75         0.0012 + 0.0004 = 0.0016, and perhaps more
  // aborted    no usage; estimated: 400 in, 25 out   2    -            unknown
  // failed     300   -     -         100  -          2    0.25         0.0006 + 0.0008 = 0.0014
  const stream = (fields: Partial<RequestEnd>) => requestEnd({ model: 'thinker', isStream: true, ...fields })
  const history: MetadataEvent[] = [
    runStart(),
    stream({
      durationSeconds: 5,
      timeToFirstTokenSeconds: 1,
      finishReason: 'stop',
      usage: { input: 1000, cacheRead: 4000, cacheWrite5m: 2000, output: 300, reasoning: 700 },
      cost: cost('thinker', 0.0158, [
        ['input', 1000, 2, 0.002],
        ['cacheRead', 4000, 0.2, 0.0008],
        ['cacheWrite5m', 2000, 2.5, 0.005],
        ['output', 300, 8, 0.0024],
        ['reasoning', 700, 8, 0.0056],
      ]),
    }),
    stream({
      durationSeconds: 4,
      timeToFirstTokenSeconds: 0.5,
      finishReason: 'max_tokens',
      usage: { input: 500, cacheWrite1h: 1000, output: 1000 },
      cost: cost('thinker', 0.013, [
        ['input', 500, 2, 0.001],
        ['cacheWrite1h', 1000, 4, 0.004],
        ['output', 1000, 8, 0.008],
      ]),
    }),
    stream({
      durationSeconds: 1.5,
      timeToFirstTokenSeconds: 0.75,
      isAborted: true,
      usage: { input: 600, output: 50, doubts: ['the stream was not read to its end'] },
      cost: cost(
        'thinker',
        0.0016,
        [
          ['input', 600, 2, 0.0012],
          ['output', 50, 8, 0.0004],
        ],
        { status: 'partial', reason: 'the stream was not read to its end' },
      ),
    }),
    stream({
      durationSeconds: 2,
      isAborted: true,
      estimatedUsage: { input: 400, output: 25 },
      cost: { status: 'unpriced', picodollars: 0, lines: [], reason: 'no usage was reported' },
    }),
    stream({
      durationSeconds: 2,
      timeToFirstTokenSeconds: 0.25,
      errorType: 'overloaded_error',
      usage: { input: 300, output: 100 },
      cost: cost('thinker', 0.0014, [
        ['input', 300, 2, 0.0006],
        ['output', 100, 8, 0.0008],
      ]),
    }),
    runEnd(20),
  ]
  expectAccount(history, [
    ['aggregate_statistics requests total_requests', 5, 'the rows of the table'],
    ['aggregate_statistics requests total_failures', 1, 'the error inside; who stops reading has an answer'],
    ['aggregate_statistics tokens total_prompt_tokens', 9400, '7000 + 1500 + 600 + 300: cached ones are input too'],
    ['aggregate_statistics tokens total_completion_tokens', 2150, '1000 + 1000 + 50 + 100: reasoning is output too'],
    ['aggregate_statistics tokens total_tokens', 11550, '9400 + 2150'],
    ['aggregate_statistics tokens cached_prompt_tokens', 4000, 'of the whole one'],
    ['aggregate_statistics tokens cache_write_tokens', 3000, '2000 for 5 minutes, 1000 for an hour'],
    ['aggregate_statistics tokens reasoning_tokens', 700, 'of the whole one'],
    ['aggregate_statistics tokens requests_without_usage', 1, 'the second aborted one'],
    ['aggregate_statistics tokens estimated_tokens', 425, '400 + 25, in no total'],
    ['aggregate_statistics cost total_cost_usd', 0.0318, '0.0158 + 0.013 + 0.0016 + 0.0014'],
    ['aggregate_statistics cost status', 'partial', 'one is a lower bound, one unknown'],
    ['aggregate_statistics cost unpriced_requests', 1, 'the one without usage'],
    ['aggregate_statistics throughput completion_tokens_per_second', 107.5, '2150 in 20 s'],
    ['aggregate_statistics waste truncated_answers requests', 1, 'the one that ended at max_tokens'],
    ['aggregate_statistics waste truncated_answers cost_usd', 0.013, 'of it'],
    ['aggregate_statistics waste aborted_streams requests', 2, 'both'],
    ['aggregate_statistics waste aborted_streams cost_usd', 0.0016, '0.0016 + unknown'],
    ['aggregate_statistics waste failed_attempts requests', 1, 'the error inside'],
    ['aggregate_statistics waste failed_attempts seconds', 2, 'of it'],
    ['aggregate_statistics waste failed_attempts cost_usd', 0.0014, 'what it had used was charged'],
    ['aggregate_statistics unattributed requests total_requests', 5, 'none has a node'],
    ['aggregate_statistics unattributed total_tokens', 11550, 'none has a node'],
    ['aggregate_statistics unattributed total_cost_usd', 0.0318, 'none has a node'],
    ['models thinker token_statistics avg_prompt_tokens', 2350, '9400 / the 4 that reported usage'],
    ['models thinker token_statistics avg_completion_tokens', 537.5, '2150 / 4'],
    ['models thinker performance total_latency_seconds', 14.5, '5 + 4 + 1.5 + 2 + 2'],
    ['models thinker performance tokens_per_second', 164, '1000 + 1000 + 50 tokens in 5 + 4 + 1.5 + 2 s'],
    ['models thinker performance error_types', { overloaded_error: 1 }, 'the error inside'],
    ['models thinker response_code_distribution', { '200': 5 }, 'the error came within an answer'],
    ...statisticsRows('models thinker performance latency_statistics', {
      min: [1.5, 'of 1.5, 2, 2, 4 and 5'],
      max: [5, 'of 1.5, 2, 2, 4 and 5'],
      mean: [2.9, '14.5 / 5'],
      median: [2, 'the middle one'],
      std_dev: [1.517, 'root of (1.4² + 0.9² + 0.9² + 1.1² + 2.1²) / 4 = root of 2.3'],
      p50: [2, 'the middle one'],
      p95: [4.8, 'at 0.95 × 4 = 3.8: 4 + 0.8 × 1'],
      p99: [4.96, 'at 0.99 × 4 = 3.96: 4 + 0.96 × 1'],
    }),
    ...statisticsRows('models thinker performance time_to_first_token_statistics', {
      min: [0.5, 'of 0.5, 0.75 and 1: a failed stream does not count'],
      max: [1, 'of 0.5, 0.75 and 1'],
      mean: [0.75, '2.25 / 3'],
      median: [0.75, 'the middle one'],
      std_dev: [0.25, 'root of (0.25² + 0.25²) / 2'],
      p50: [0.75, 'the middle one'],
      p95: [0.975, 'at 0.95 × 2 = 1.9: 0.75 + 0.9 × 0.25'],
      p99: [0.995, 'at 0.99 × 2 = 1.98: 0.75 + 0.98 × 0.25'],
    }),
    ['models thinker cost receipt 0 status', 'partial', 'statuses in the order of their names'],
    ['models thinker cost receipt 0 total_usd', 0.0016, 'the first aborted one'],
    ['models thinker cost receipt 1 status', 'priced', 'statuses in the order of their names'],
    ['models thinker cost receipt 1 requests', 3, 'the whole, the truncated and the failed one'],
    ['models thinker cost receipt 1 total_usd', 0.0302, '0.0158 + 0.013 + 0.0014'],
  ])
})

test('requests side by side on a machine that is paid by the hour', () => {
  // 3.60 USD an hour are 0.001 USD a second.
  //
  // request  from  to   seconds  first token  out
  // a        0     4    4        0.4          400
  // b        1     3    2        0.2          200
  // c        3.5   6    2.5      0.3          250
  // d        8     10   2        0.1          200
  //
  // Busy from 0 to 6 and from 8 to 10: 8 of 10 seconds, though the requests took 10.5 together.
  const request = (startedAtMs: number, durationSeconds: number, [first, output]: readonly [number, number]) =>
    requestEnd({
      model: 'llama',
      node: 'write',
      startedAtMs,
      durationSeconds,
      isStream: true,
      timeToFirstTokenSeconds: first,
      usage: { input: 10, output },
      cost: {
        status: 'partial',
        picodollars: 0,
        lines: [],
        hourly: { usdPerHour: 3.6, price: price('llama', { tier: 'busy time' }) },
      },
    })
  const history: MetadataEvent[] = [
    runStart(),
    request(1000, 2, [0.2, 200]),
    request(0, 4, [0.4, 400]),
    request(3500, 2.5, [0.3, 250]),
    request(8000, 2, [0.1, 200]),
    runEnd(10),
  ]
  expectAccount(history, [
    ['aggregate_statistics cost total_cost_usd', 0.008, '8 busy seconds × 0.001'],
    ['aggregate_statistics cost status', 'priced', 'the machine is all there is to pay'],
    ['aggregate_statistics unattributed total_cost_usd', 0.008, 'nodes share the machine, none has it'],
    ['nodes write cost', undefined, 'nodes share the machine, none has it'],
    ['models llama cost total_cost_usd', 0.008, '8 × 0.001'],
    ['models llama cost average_cost_per_request', 0.002, '0.008 / 4'],
    ['models llama cost receipt 0 busy_seconds', 8, '6 + 2'],
    ['models llama cost receipt 0 requests', 4, 'a to d'],
    ['aggregate_statistics throughput requests_per_second', 0.4, '4 in 10 s'],
    ['aggregate_statistics throughput completion_tokens_per_second', 105, '1050 in 10 s'],
    ['models llama performance tokens_per_second', 100, '1050 in 10.5 s of requests'],
    ['models llama performance total_latency_seconds', 10.5, '4 + 2 + 2.5 + 2'],
    ['nodes write total_executions', 0, 'the program states none'],
    ...statisticsRows('models llama performance latency_statistics', {
      min: [2, 'of 2, 2, 2.5 and 4'],
      max: [4, 'of 2, 2, 2.5 and 4'],
      mean: [2.625, '10.5 / 4'],
      median: [2.25, 'half way from 2 to 2.5'],
      std_dev: [0.946, 'root of (0.625² + 0.625² + 0.125² + 1.375²) / 3 = root of 0.89583'],
      p50: [2.25, 'half way from 2 to 2.5'],
      p95: [3.775, 'at 0.95 × 3 = 2.85: 2.5 + 0.85 × 1.5'],
      p99: [3.955, 'at 0.99 × 3 = 2.97: 2.5 + 0.97 × 1.5'],
    }),
    ...statisticsRows('models llama performance time_to_first_token_statistics', {
      min: [0.1, 'of 0.1, 0.2, 0.3 and 0.4'],
      max: [0.4, 'of 0.1, 0.2, 0.3 and 0.4'],
      mean: [0.25, '1 / 4'],
      median: [0.25, 'half way from 0.2 to 0.3'],
      std_dev: [0.129, 'root of (0.15² + 0.05² + 0.05² + 0.15²) / 3 = root of 0.016667'],
      p50: [0.25, 'half way from 0.2 to 0.3'],
      p95: [0.385, 'at 0.95 × 3 = 2.85: 0.3 + 0.85 × 0.1'],
      p99: [0.397, 'at 0.99 × 3 = 2.97: 0.3 + 0.97 × 0.1'],
    }),
  ])
})
