import { test } from 'vitest'
import type { MetadataEvent } from '../../src/metadata/event.ts'
import { requestEnd } from '../helpers/request-end.ts'
import { cost, expectAccount, picodollars, price, runEnd, runStart } from './account.ts'

test('fees beside tokens, a doubtful, an unpriced, a reported, a free and a simulated request', () => {
  // node  model      in    out   status     USD
  // look  searcher   2000  500   priced     2000 × 1/M + 500 × 4/M + 3 searches × 0.01 = 0.002 + 0.002 + 0.03 = 0.034
  // look  searcher   1000  250   partial    0.001 + 0.001 = 0.002; the provider's total is 1257, 7 tokens have no class
  // mix   stranger   100   20    unpriced   unknown
  // mix   stranger   -     -     none       unknown: an answer of which nothing was recorded
  // mix   stranger   503                    nothing was answered, nothing is unknown
  // mix   router     1000  1000  reported   0.0123 as the provider states; we would say 0.004 + 0.008 = 0.012
  // mix   rehearsed  5000  500   simulated  0.05, never spent
  // mix   home       200   100   free       0
  const look = { node: 'look', model: 'searcher' }
  const inMix = (model: string) => ({ node: 'mix', model })
  const searched = cost('searcher', 0.034, [
    ['input', 2000, 1, 0.002],
    ['output', 500, 4, 0.002],
  ])
  const search = { unit: 'webSearch', quantity: 3, usdPerUnit: 0.01, picodollars: picodollars(0.03) } as const
  const history: MetadataEvent[] = [
    runStart(),
    requestEnd({
      ...look,
      usage: { input: 2000, output: 500, fees: [{ unit: 'webSearch', quantity: 3 }] },
      cost: { ...searched, lines: [...searched.lines, search] },
    }),
    requestEnd({
      ...look,
      usage: { input: 1000, output: 250, statedTotal: 1257, doubts: ['7 tokens belong to no class'] },
      cost: cost(
        'searcher',
        0.002,
        [
          ['input', 1000, 1, 0.001],
          ['output', 250, 4, 0.001],
        ],
        { status: 'partial', reason: '7 tokens belong to no class' },
      ),
    }),
    requestEnd({
      ...inMix('stranger'),
      usage: { input: 100, output: 20 },
      cost: { status: 'unpriced', picodollars: 0, lines: [], reason: 'nobody lists it' },
    }),
    requestEnd(inMix('stranger')),
    requestEnd({ ...inMix('stranger'), status: 503 }),
    requestEnd({
      ...inMix('router'),
      usage: { input: 1000, output: 1000 },
      cost: cost(
        'router',
        0.0123,
        [
          ['input', 1000, 4, 0.004],
          ['output', 1000, 8, 0.008],
        ],
        { status: 'reported', calculatedPicodollars: picodollars(0.012) },
      ),
    }),
    requestEnd({
      ...inMix('rehearsed'),
      usage: { input: 5000, output: 500 },
      cost: cost(
        'rehearsed',
        0.05,
        [
          ['input', 5000, 8, 0.04],
          ['output', 500, 20, 0.01],
        ],
        { status: 'simulated' },
      ),
    }),
    requestEnd({
      ...inMix('home'),
      usage: { input: 200, output: 100 },
      cost: { status: 'free', picodollars: 0, lines: [], price: price('home') },
    }),
    runEnd(8),
  ]
  expectAccount(history, [
    ['aggregate_statistics requests total_requests', 8, 'the rows of the table'],
    ['aggregate_statistics requests total_failures', 1, 'the 503'],
    ['aggregate_statistics tokens total_prompt_tokens', 9300, '2000 + 1000 + 100 + 1000 + 5000 + 200'],
    ['aggregate_statistics tokens total_completion_tokens', 2370, '500 + 250 + 20 + 1000 + 500 + 100'],
    ['aggregate_statistics tokens total_tokens', 11_677, '9300 + 2370 + the 7 of no class'],
    ['aggregate_statistics tokens requests_without_usage', 1, 'the answer of which nothing was recorded'],
    ['aggregate_statistics cost total_cost_usd', 0.0483, '0.034 + 0.002 + 0.0123'],
    ['aggregate_statistics cost simulated_cost_usd', 0.05, 'beside it, never in it'],
    ['aggregate_statistics cost status', 'partial', 'some is known, some is not'],
    ['aggregate_statistics cost unpriced_requests', 2, 'both answers of stranger'],
    ['aggregate_statistics cost average_cost_per_record', 0, 'there are no records'],
    ['aggregate_statistics waste failed_attempts cost_usd', 0, 'the 503 cost nothing'],
    ['models searcher cost total_cost_usd', 0.036, '0.034 + 0.002'],
    ['models searcher cost average_cost_per_request', 0.018, '0.036 / 2'],
    ['models searcher cost status', 'partial', 'one is a lower bound'],
    ['models searcher cost unpriced_requests', 0, 'both have a price'],
    [
      'models searcher cost unpriced_reasons',
      [{ reason: '7 tokens belong to no class', requests: 1 }],
      'of the second one',
    ],
    ['models searcher cost receipt 0 status', 'partial', 'statuses in the order of their names'],
    ['models searcher cost receipt 0 total_usd', 0.002, 'the doubtful one'],
    ['models searcher cost receipt 1 total_usd', 0.034, 'the other one'],
    [
      'models searcher cost receipt 1 fees',
      [{ unit: 'webSearch', quantity: 3, usd_per_unit: 0.01, usd: 0.03 }],
      '3 × 0.01',
    ],
    ['models stranger cost total_cost_usd', 0, 'nothing of it is known'],
    ['models stranger cost status', 'unpriced', 'nothing of it is known'],
    ['models stranger cost unpriced_requests', 2, 'the 503 is no answer'],
    [
      'models stranger cost unpriced_reasons',
      [
        { reason: 'no cost was recorded', requests: 1 },
        { reason: 'nobody lists it', requests: 1 },
      ],
      'one of each, in the order of their names',
    ],
    ['models router cost total_cost_usd', 0.0123, 'what the provider states goes before our own price'],
    ['models router cost status', 'reported', 'as the provider states'],
    ['models router cost receipt 0 calculated_usd', 0.012, '0.004 + 0.008'],
    ['models rehearsed cost total_cost_usd', 0.05, 'of a rehearsal, what it would have cost'],
    ['models rehearsed cost status', 'simulated', 'it says so'],
    ['models home cost total_cost_usd', 0, 'free'],
    ['models home cost status', 'free', 'not unknown'],
    ['models home cost unpriced_requests', 0, 'not unknown'],
    ['nodes look cost total_cost_usd', 0.036, 'searcher'],
    ['nodes look cost status', 'partial', 'searcher'],
    ['nodes look token_statistics total_tokens', 3757, '2500 + 1257'],
    ['nodes mix cost total_cost_usd', 0.0123, 'router; what was rehearsed is not spent'],
    ['nodes mix cost simulated_cost_usd', 0.05, 'rehearsed'],
    ['nodes mix cost status', 'partial', 'router and home are known, stranger is not'],
    ['nodes mix cost unpriced_requests', 2, 'stranger'],
    ['nodes mix requests total_requests', 6, 'the rows of mix'],
    ['nodes mix models router total_cost_usd', 0.0123, 'as the provider states'],
    ['nodes mix models home total_cost_usd', 0, 'free'],
    ['aggregate_statistics unattributed total_cost_usd', 0, 'every request has a node'],
  ])
})
