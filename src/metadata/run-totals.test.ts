import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  arbitraryCall,
  arbitraryEvents,
  arbitraryHistory,
  arbitraryRehearsal,
  shuffled,
} from '../../test/helpers/arbitrary-events.ts'
import { requestEnd } from '../../test/helpers/request-end.ts'
import { addMoney, mergeMoney, noMoney, type RequestCost, usdOf } from './cost.ts'
import type { MetadataEvent, RequestEnd } from './event.ts'
import { noNode, RunTotals } from './run-totals.ts'
import { metadataSchema } from './schema.ts'
import { summarize } from './summary.ts'
import { tokenClasses } from './usage.ts'

const clock = { generatedAtMs: Date.UTC(2026, 10, 23, 18, 19, 7), utcOffsetMinutes: 60 }

function fold(events: readonly MetadataEvent[]): RunTotals {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return totals
}

test('splitting the events anywhere and merging the parts gives the same file', () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryHistory, arbitraryRehearsal), fc.nat(), (events, cut) => {
      const position = cut % (events.length + 1)
      const merged = fold(events.slice(0, position))
      merged.merge(fold(events.slice(position)))
      expect(summarize(merged, clock)).toEqual(summarize(fold(events), clock))
    }),
  )
})

test('the result of deferred work counts once, however many folds have read it', () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.nat(), fc.array(fc.nat({ max: 3 }), { maxLength: 6 }), (events, cut, ids) => {
      const results = ids.map((id) => requestEnd({ isDeferred: true, responseId: `r${id}`, durationSeconds: 0 }))
      const position = cut % (events.length + 1)
      const merged = fold([...events.slice(0, position), ...results])
      merged.merge(fold([...events.slice(position), ...results]))
      expect(summarize(merged, clock)).toEqual(summarize(fold([...events, ...results]), clock))
      const others = fold(events).allRequests().requests
      expect(merged.allRequests().requests).toBe(others + new Set(ids).size)
    }),
  )
})

test('the order of events does not change a figure', () => {
  fc.assert(
    fc.property(arbitraryEvents, fc.infiniteStream(fc.nat()), (events, random) => {
      expect(summarize(fold(shuffled(events, random)), clock)).toEqual(summarize(fold(events), clock))
    }),
  )
})

test('nodes and what belongs to none add up to the models and to the whole', () => {
  fc.assert(
    fc.property(arbitraryEvents, (events) => {
      const totals = fold(events)
      const keys: readonly (string | typeof noNode)[] = [...totals.nodeNames(), noNode]
      const parts = keys.map((node) => totals.requestsOfNode(node))
      const models = totals.modelNames().map((model) => totals.requestsOfModel(model))
      const whole = totals.allRequests()
      for (const side of [parts, models]) {
        expect(sum(side.map(({ requests }) => requests))).toBe(whole.requests)
        expect(sum(side.map(({ tokens }) => tokens))).toBe(whole.tokens)
        expect(sum(side.map(({ cost }) => usdOf(cost.spent) * 1e12))).toBeCloseTo(usdOf(whole.cost.spent) * 1e12, 0)
      }
    }),
  )
})

test('agents and what is outside of them add up to the whole, and inclusive is never less than own', () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryEvents, arbitraryRehearsal), (events) => {
      const { agents, tools, aggregate_statistics: whole } = summarize(fold(events), clock)
      const { outside_agents: outside, requests, tokens, cost } = whole
      if (agents !== undefined) {
        const own = Object.values(agents)
        const sum = (read: (agent: (typeof own)[number]) => number | undefined) =>
          own.reduce((total, agent) => total + (read(agent) ?? 0), 0)
        expect(sum((agent) => agent.requests?.total_requests) + (outside?.total_requests ?? 0)).toBe(
          requests.total_requests,
        )
        expect(sum((agent) => agent.token_statistics?.total_tokens) + (outside?.total_tokens ?? 0)).toBe(
          tokens.total_tokens,
        )
        // An agent whose requests were all rehearsed says what they would have cost, which is never added to money spent.
        const isOneKind = own.every(
          ({ cost: part }) => part === undefined || (part.status === 'simulated') === (cost.status === 'simulated'),
        )
        if (isOneKind)
          expect(sum((agent) => agent.cost?.total_cost_usd) + (outside?.total_cost_usd ?? 0)).toBeCloseTo(
            cost.total_cost_usd,
            4,
          )
      }
      for (const { requests: own, token_statistics, inclusive } of [agents, tools].flatMap((actors) =>
        Object.values(actors ?? {}),
      )) {
        expect(inclusive?.total_requests ?? 0).toBeGreaterThanOrEqual(own?.total_requests ?? 0)
        expect(inclusive?.total_tokens ?? 0).toBeGreaterThanOrEqual(token_statistics?.total_tokens ?? 0)
      }
    }),
  )
})

test('a total is the sum of its receipts, to the last picodollar', () => {
  fc.assert(
    fc.property(fc.array(arbitraryPaid), (requests) => {
      const { spent, simulated, receipts } = fold(requests).costOfAll()
      const [ofSpent, ofSimulated] = [noMoney(), noMoney()]
      for (const { status, total, lines } of receipts.list()) {
        mergeMoney(status === 'simulated' ? ofSimulated : ofSpent, total)
        const sumOfLines = noMoney()
        for (const line of lines.values()) mergeMoney(sumOfLines, line.total)
        if (status !== 'reported') expect(sumOfLines).toEqual(total)
      }
      expect([ofSpent, ofSimulated]).toEqual([spent, simulated])
      const exact = noMoney()
      for (const { cost } of requests) if (cost?.status !== 'simulated') addMoney(exact, cost?.picodollars ?? 0)
      expect(exact).toEqual(spent)
    }),
  )
})

const page = 'https://provider.example/prices'
const arbitraryPaid = fc
  .record({
    model: fc.constantFrom('a', 'b'),
    status: fc.constantFrom('priced', 'partial', 'reported', 'simulated'),
    tier: fc.constantFrom('standard', 'batch'),
    amounts: fc.array(fc.nat({ max: 2 ** 49 }), { minLength: 1, maxLength: 3 }),
    stated: fc.nat({ max: 2 ** 49 }),
  })
  .map(({ model, status, tier, amounts, stated }): RequestEnd => {
    const lines = amounts.map((picodollars, index) => ({
      tokenClass: tokenClasses[index] ?? 'input',
      tokens: 1,
      usdPerMillion: index + 1,
      picodollars,
    }))
    const ofLines = amounts.reduce((total, amount) => total + amount, 0)
    const isReported = status === 'reported'
    const cost: RequestCost = {
      status,
      picodollars: isReported ? stated : ofLines,
      calculatedPicodollars: isReported ? ofLines : undefined,
      price: { source: 'list', version: '1', provider: 'p', product: model, tier, date: '2026-11-23', page },
      lines,
    }
    return requestEnd({ model, cost })
  })

test('why a cost is not known is said in the file, with the requests that it concerns', () => {
  const request = requestEnd()
  const unpriced: RequestCost = { status: 'unpriced', picodollars: 0, lines: [], reason: 'nobody lists it' }
  const { cost } =
    summarize(
      fold([
        { ...request, cost: unpriced },
        { ...request, cost: unpriced },
      ]),
      clock,
    ).models.m ?? {}
  expect(cost?.unpriced_reasons).toEqual([{ reason: 'nobody lists it', requests: 2 }])
  const rehearsed: RequestCost = { ...unpriced, status: 'simulated', rehearsedStatus: 'unpriced' }
  expect(summarize(fold([{ ...request, cost: rehearsed }]), clock).models.m?.cost).toMatchObject({
    status: 'simulated',
    unpriced_requests: 1,
    is_lower_bound: true,
  })
})

test('what a provider stated has a receipt, with our own price beside it where it is known', () => {
  const request = requestEnd()
  const price = { source: 'list', version: '1', provider: 'p', product: 'm', tier: 'standard', date: '2026-11-23' }
  const stated: RequestCost = { status: 'reported', picodollars: 7e9, calculatedPicodollars: 6e9, price, lines: [] }
  const known = summarize(
    fold([
      { ...request, cost: stated },
      { ...request, cost: stated },
    ]),
    clock,
  )
  expect(known.models.m?.cost.receipt).toMatchObject([{ total_usd: 0.014, calculated_usd: 0.012, status: 'reported' }])
  const half = summarize(
    fold([
      { ...request, cost: stated },
      { ...request, cost: { ...stated, calculatedPicodollars: undefined } },
    ]),
    clock,
  )
  expect(half.models.m?.cost.receipt?.[0]).not.toHaveProperty('calculated_usd')
})

test('attempts are first tries and retries, and calls succeeded or failed', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCall), (calls) => {
      const { requests, calls: called } = summarize(fold(calls.flat()), clock).aggregate_statistics
      expect(called?.total).toBe(calls.length)
      expect(requests.total_requests).toBe(calls.length + requests.total_retries)
      expect(requests.total_failures).toBe(calls.length - (called?.succeeded ?? 0))
      expect(called?.failed).toBe(requests.total_failures)
      const answersRepeated = calls.flat().filter(({ repeatsAnswer }) => repeatsAnswer === true).length
      expect(requests.failed_attempts).toBe(requests.total_failures + requests.total_retries - answersRepeated)
    }),
  )
})

test('a summary is a valid metadata file and its percentiles are in order', () => {
  fc.assert(
    fc.property(arbitraryHistory, (events) => {
      const summary = metadataSchema.parse(summarize(fold(events), clock))
      for (const { performance } of Object.values(summary.models)) {
        const { min, p50, p95, p99, max } = performance.latency_statistics
        expect([min, p50, p95, p99, max]).toEqual([min, p50, p95, p99, max].sort((a, b) => a - b))
      }
      const { total_processed, total_failed } = summary.aggregate_statistics.records
      expect(total_failed).toBeLessThanOrEqual(total_processed)
      expect(JSON.stringify(summary)).not.toMatch(/NaN|Infinity/)
    }),
  )
})

test('a retried 429 is a retry, not a failure', () => {
  const attempt = requestEnd({ model: 'gpt-4o-mini' })
  const totals = fold([
    { ...attempt, status: 429, resendCount: 0 },
    { ...attempt, status: 200, resendCount: 1, waitSeconds: 2, callDurationSeconds: 4 },
  ])
  const { requests, calls } = summarize(totals, clock).aggregate_statistics
  expect(requests).toMatchObject({ total_requests: 2, total_retries: 1, total_failures: 0, failed_attempts: 1 })
  expect(calls).toMatchObject({ succeeded: 1, latency_statistics: { max: 4 } })
})

test('the counts of the specification come out of 18 answers and two retried 429s', () => {
  const attempt = requestEnd({ model: 'gpt-4o-mini' })
  const retried = [
    { ...attempt, status: 429, resendCount: 0 },
    { ...attempt, status: 200, resendCount: 1 },
  ]
  const answers = Array.from({ length: 16 }, () => ({ ...attempt, status: 200, resendCount: 0 }))
  const summary = summarize(fold([...retried, ...retried, ...answers]), clock)
  expect(summary.aggregate_statistics.requests).toMatchObject({
    total_requests: 20,
    total_retries: 2,
    total_failures: 0,
    retry_rate: 0.1,
    failure_rate: 0,
  })
  expect(summary.models['gpt-4o-mini']?.response_code_distribution).toEqual({ '200': 18, '429': 2 })
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

describe("hits of a gateway's cache", () => {
  const usage = { input: 1000, output: 100 }
  // 1,000 × 0.15 + 100 × 0.60 for a million.
  const price = { source: 'list', version: '1', provider: 'p', product: 'm', tier: 'standard', date: '2026-11-23' }
  const lines = [
    { tokenClass: 'input', tokens: 1000, usdPerMillion: 0.15, picodollars: 150_000_000 },
    { tokenClass: 'output', tokens: 100, usdPerMillion: 0.6, picodollars: 60_000_000 },
  ] as const
  const paid: RequestCost = { status: 'priced', picodollars: 210_000_000, price, lines }
  const kept: RequestCost = { status: 'reported', picodollars: 0, calculatedPicodollars: 210_000_000, price, lines }
  const asked = requestEnd({
    node: 'write',
    durationSeconds: 4,
    callDurationSeconds: 6,
    timeToFirstTokenSeconds: 1,
    usage,
    cost: paid,
  })
  const hit = requestEnd({
    node: 'write',
    durationSeconds: 0.01,
    timeToFirstTokenSeconds: 0.005,
    usage,
    cost: kept,
    isGatewayCacheHit: true,
  })

  test('are requests and calls, with what they would have cost, and say nothing of how fast the provider is', () => {
    const { aggregate_statistics: run, models, nodes } = summarize(fold([asked, hit, asked, hit, hit]), clock)
    const hits = { total_requests: 5, gateway_cache_hits: 3, gateway_cache_saved_usd: 0.00063 }
    expect(run.requests).toMatchObject(hits)
    expect(nodes.write?.requests).toMatchObject(hits)
    expect(run.calls).toMatchObject({ total: 5, succeeded: 5, latency_statistics: { min: 6, max: 6, mean: 6 } })
    // Two of five were paid for: 2 × 0.00021.
    expect(run.cost).toMatchObject({ total_cost_usd: 0.00042, unpriced_requests: 0 })
    expect(run.tokens).toMatchObject({ total_prompt_tokens: 5000, total_completion_tokens: 500 })
    expect(models.m?.performance).toMatchObject({
      ...hits,
      total_latency_seconds: 8,
      average_latency_seconds: 4,
      // 2 × 100 tokens in 2 × 4 s.
      tokens_per_second: 25,
      latency_statistics: { min: 4, max: 4, mean: 4 },
      time_to_first_token_statistics: { min: 1, max: 1 },
    })
    expect(models.m?.latency_sketch).toMatchObject({ count: 2, sum: 8_000_000 })
    expect(run.requests.unpriced_gateway_cache_hits).toBeUndefined()
  })

  test('say of how many it is not known what they would have cost', () => {
    const unknown: RequestCost = { status: 'reported', picodollars: 0, lines: [], reason: 'nobody lists it' }
    const partly: RequestCost = { ...kept, reason: 'no price for audio' }
    const free: RequestCost = { status: 'reported', picodollars: 0, lines: [], price }
    const events = [unknown, partly, free, kept, undefined].map((cost) => ({ ...hit, cost }))
    const { requests } = summarize(fold(events), clock).aggregate_statistics
    expect(requests).toMatchObject({
      gateway_cache_hits: 5,
      gateway_cache_saved_usd: 0.00042,
      unpriced_gateway_cache_hits: 3,
    })
  })

  test('alone leave every time at nothing, and where there are none nothing is said of them', () => {
    const { performance } = summarize(fold([hit]), clock).models.m ?? {}
    expect(performance).toMatchObject({ average_latency_seconds: 0, tokens_per_second: 0 })
    expect(performance?.time_to_first_token_statistics).toBeNull()
    const { requests } = summarize(fold([asked]), clock).aggregate_statistics
    expect(Object.keys(requests).filter((key) => key.includes('gateway'))).toEqual([])
  })
})

test('deferred work that is read again counts once, and its time is in no latency', () => {
  const answered = requestEnd({ durationSeconds: 2 })
  const deferred = requestEnd({ durationSeconds: 0, isDeferred: true, responseId: 'resp_1' })
  const other = requestEnd({ durationSeconds: 0, isDeferred: true, responseId: 'resp_2' })
  const { aggregate_statistics: run, models } = summarize(fold([answered, deferred, other, deferred]), clock)
  expect(run.requests).toMatchObject({ total_requests: 3, deferred_requests: 2 })
  const [model] = Object.values(models)
  // 2 s / (3 − 2 requests).
  expect(model?.performance).toMatchObject({ total_latency_seconds: 2, average_latency_seconds: 2 })
  expect(model?.performance.latency_statistics).toMatchObject({ min: 2, mean: 2, max: 2 })
})
