import { expect, test } from 'vitest'
import type { MetadataEvent } from '../../src/metadata/event.ts'
import { RunTotals } from '../../src/metadata/run-totals.ts'
import { summarize } from '../../src/metadata/summary.ts'
import { requestEnd } from '../helpers/request-end.ts'
import { cost, expectAccount, runEnd, runStart } from './account.ts'

test('an agent in a tool of an agent: each token in its innermost agent, and once in all around it', () => {
  // A million tokens cost 1 USD in and 10 out.
  //
  // where                                   in    out  USD
  // planner                                 1000  100  0.001 + 0.001 = 0.002
  // planner > research > searcher           2000  200  0.002 + 0.002 = 0.004
  // planner > research > searcher > fetch   3000  300  0.003 + 0.003 = 0.006
  // planner > research > searcher           -     -    500
  // planner                                 4000  400  a model without a price
  // nobody                                  5000  500  0.005 + 0.005 = 0.010
  const used = (input: number, output: number, usd: number) => ({
    usage: { input, output },
    cost: cost('m', usd, [
      ['input', input, 1, input / 1e6],
      ['output', output, 10, output / 1e5],
    ]),
  })
  const searcher = { agent: 'searcher', outerAgents: ['planner'] }
  const history: MetadataEvent[] = [
    runStart(),
    requestEnd({ agent: 'planner', ...used(1000, 100, 0.002) }),
    requestEnd({ ...searcher, tool: 'research', ...used(2000, 200, 0.004) }),
    requestEnd({ ...searcher, tool: 'fetch', outerTools: ['research'], ...used(3000, 300, 0.006) }),
    { type: 'actor-end', kind: 'tool', name: 'fetch', succeeded: true, durationSeconds: 1.5 },
    requestEnd({ ...searcher, tool: 'research', status: 500 }),
    { type: 'actor-end', kind: 'agent', name: 'searcher', succeeded: true, durationSeconds: 4 },
    { type: 'actor-end', kind: 'tool', name: 'research', succeeded: false, durationSeconds: 5, errorType: 'TypeError' },
    requestEnd({
      agent: 'planner',
      usage: { input: 4000, output: 400 },
      cost: { status: 'unpriced', picodollars: 0, lines: [], reason: 'nobody lists it' },
    }),
    { type: 'actor-end', kind: 'agent', name: 'planner', succeeded: true, durationSeconds: 10 },
    { type: 'actor-end', kind: 'agent', name: 'planner', succeeded: false, durationSeconds: 20, errorType: 'http_500' },
    { type: 'actor-end', kind: 'agent', name: 'planner' },
    requestEnd(used(5000, 500, 0.01)),
    runEnd(30),
  ]
  expectAccount(history, [
    ['agents planner total_executions', 3, 'three ends were told'],
    ['agents planner total_failures', 1, 'the one with http_500'],
    ['agents planner unknown_outcomes', 1, 'the third says nothing'],
    ['agents planner failure_rate', 0.5, '1 of the 2 whose outcome is known'],
    ['agents planner total_latency_seconds', 30, '10 + 20; the third has no end'],
    ['agents planner average_latency_seconds', 15, '30 / 2'],
    ['agents planner latency_statistics max', 20, 'the longer one'],
    ['agents planner error_types', { http_500: 1 }, 'one failure'],
    ['agents planner requests total_requests', 2, 'its own'],
    ['agents planner requests unpriced_requests', 1, 'the second'],
    ['agents planner token_statistics total_prompt_tokens', 5000, '1000 + 4000'],
    ['agents planner token_statistics total_tokens', 5500, '1100 + 4400'],
    ['agents planner cost total_cost_usd', 0.002, 'the one that has a price'],
    ['agents planner cost average_cost_per_execution', 0.000667, '0.002 / 3'],
    ['agents planner cost status', 'partial', 'one of two has no price'],
    ['agents planner cost unpriced_requests', 1, 'the second'],
    ['agents planner inclusive total_requests', 5, '2 of its own and 3 of the searcher'],
    ['agents planner inclusive total_prompt_tokens', 10_000, '5000 + 2000 + 3000'],
    ['agents planner inclusive total_completion_tokens', 1000, '500 + 200 + 300'],
    ['agents planner inclusive total_tokens', 11_000, '10000 + 1000'],
    ['agents planner inclusive total_cost_usd', 0.012, '0.002 + 0.004 + 0.006'],
    ['agents planner inclusive average_cost_per_execution', 0.004, '0.012 / 3'],
    ['agents planner inclusive status', 'partial', 'one has no price'],
    ['agents searcher total_executions', 1, 'one end'],
    ['agents searcher requests total_requests', 3, 'with the one that failed'],
    ['agents searcher requests total_failures', 1, 'the 500'],
    ['agents searcher token_statistics total_tokens', 5500, '2200 + 3300'],
    ['agents searcher cost total_cost_usd', 0.01, '0.004 + 0.006'],
    ['agents searcher cost status', 'priced', 'both answers have a price'],
    ['agents searcher inclusive total_cost_usd', 0.01, 'it called no agent'],
    ['tools research total_failures', 1, 'its only execution'],
    ['tools research requests total_requests', 2, 'the answer and the 500, not those of fetch within it'],
    ['tools research cost total_cost_usd', 0.004, 'the first of the searcher'],
    ['tools research inclusive total_cost_usd', 0.01, '0.004 + 0.006'],
    ['tools research inclusive total_requests', 3, '2 and 1 of fetch'],
    ['tools fetch cost total_cost_usd', 0.006, 'its own'],
    ['tools fetch latency_statistics p50', 1.5, 'its only execution'],
    ['aggregate_statistics outside_agents total_requests', 1, 'the last'],
    ['aggregate_statistics outside_agents total_tokens', 5500, '5000 + 500'],
    ['aggregate_statistics outside_agents total_cost_usd', 0.01, '0.005 + 0.005'],
    ['aggregate_statistics outside_agents unpriced_requests', 0, 'its price is known'],
    ['aggregate_statistics cost total_cost_usd', 0.022, 'agents 0.002 + 0.010, outside 0.010'],
  ])
})

test('a tool that asks no model has its executions and nothing of requests', () => {
  expectAccount(
    [runStart(), { type: 'actor-end', kind: 'tool', name: 'add', succeeded: true, durationSeconds: 2 }, runEnd(3)],
    [
      ['tools add total_executions', 1, 'one end'],
      ['tools add failure_rate', 0, '0 / 1'],
      ['tools add requests', undefined, 'there are none'],
      ['tools add cost', undefined, 'there is none'],
      ['tools add inclusive', undefined, 'it called nobody'],
      ['agents', undefined, 'there are none'],
      ['aggregate_statistics outside_agents', undefined, 'there are no agents that it would be outside of'],
    ],
  )
})

test('an agent within itself counts a request once', () => {
  const request = requestEnd({ agent: 'planner', outerAgents: ['planner', 'writer'], usage: { input: 10, output: 1 } })
  expectAccount(
    [runStart(), request, runEnd(1)],
    [
      ['agents planner token_statistics total_tokens', 11, 'once as its own'],
      ['agents planner inclusive total_tokens', 11, 'and once with all that it called'],
      ['agents writer inclusive total_tokens', 11, 'it called the planner'],
      ['agents writer requests', undefined, 'it sent nothing itself'],
    ],
  )
})

test('a ledger from elsewhere: names that are no list say nothing, and one that is named twice counts once', () => {
  const usage = { input: 10, output: 1 }
  const odd = JSON.parse('{"outerAgents":"planner","outerTools":7}')
  expectAccount(
    [
      runStart(),
      requestEnd({ agent: 'writer', usage, ...odd }),
      requestEnd({ agent: 'writer', usage, outerAgents: ['planner', 'planner'] }),
      runEnd(1),
    ],
    [
      ['agents writer token_statistics total_tokens', 22, '11 + 11'],
      ['agents planner inclusive total_tokens', 11, 'the second, once'],
      ['tools', undefined, 'there are none'],
    ],
  )
})

test('what is outside of agents is exact to the picodollar, in whatever order the agents were seen', () => {
  const amounts = [0.1000005, 0.2, 0.3000015, 0.0000007, 1e-12]
  const orders = [amounts, [...amounts].reverse(), [...amounts.slice(2), ...amounts.slice(0, 2)]]
  const outside = orders.map((order) => {
    const totals = new RunTotals()
    totals.add(requestEnd({ cost: { status: 'priced', picodollars: 1_500_000, lines: [] } }))
    for (const [index, usd] of order.entries()) {
      const picodollars = Math.round(usd * 1e12)
      totals.add(requestEnd({ agent: `agent-${index}`, cost: { status: 'priced', picodollars, lines: [] } }))
    }
    return summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 }).aggregate_statistics.outside_agents
  })
  // 1.5 millionths of a dollar, which the file rounds up: with a crumb less it would be rounded down.
  for (const each of outside) expect(each?.total_cost_usd).toBe(0.000002)
})
