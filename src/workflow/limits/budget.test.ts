import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { HourlyPrice, RequestCost } from '../../metadata/cost.ts'
import { limitMessage } from './admissions.ts'
import { type Amounts, Budget, Spending } from './budget.ts'

const amounts = (picodollars: number, requests = 0, tokens = 0): Amounts => ({ picodollars, requests, tokens })
const priced = (picodollars: number): RequestCost => ({ status: 'priced', picodollars, lines: [] })
const unpriced: RequestCost = { status: 'unpriced', picodollars: 0, lines: [] }

test('there is room up to the limit: what is spent is gone, what is reserved may come back', () => {
  const budget = new Budget({ picodollars: 100, tokens: 10 }, amounts(20))
  budget.reserve(amounts(30, 1, 4))
  expect(budget.roomFor(amounts(50, 1, 6))).toEqual({ type: 'free' })
  expect(budget.roomFor(amounts(51))).toEqual({ type: 'wait' })
  expect(budget.roomFor(amounts(50, 1, 7))).toEqual({ type: 'wait' })
  expect(budget.roomFor(amounts(80))).toEqual({ type: 'wait' })
  expect(budget.roomFor(amounts(81))).toEqual({ type: 'none', kind: 'picodollars' })
  expect(budget.roomFor(amounts(0, 0, 11))).toEqual({ type: 'none', kind: 'tokens' })
  // Requests are not limited.
  expect(budget.roomFor(amounts(0, 1e6))).toEqual({ type: 'free' })
  expect([budget.hasBesideSpent(amounts(80, 1e6, 10)), budget.hasBesideSpent(amounts(81))]).toEqual([true, false])
  expect(budget.hasBesideSpent(amounts(0, 0, 11))).toBe(false)
})

test('what is reserved is given back whole, whatever rounding has left of it', () => {
  const budget = new Budget({})
  budget.reserve(amounts(0.1, 1, 5))
  budget.reserve(amounts(0.2, 1, 7))
  budget.release(amounts(0.1, 1, 5))
  expect(budget.reserved).toEqual({ picodollars: expect.closeTo(0.2), requests: 1, tokens: 7 })
  budget.release(amounts(0.2, 1, 7))
  expect(budget.reserved).toEqual(amounts(0))
})

test.each([
  [{ requests: 2 }, amounts(0, 1), undefined, undefined],
  [{ requests: 2 }, amounts(0, 2), 'requests', undefined],
  [{ requests: 2 }, amounts(0, 3), 'requests', 'requests'],
  [{ tokens: 10 }, amounts(50, 9, 11), 'tokens', 'tokens'],
  [{ picodollars: 5, tokens: 10 }, amounts(5, 1, 9), 'picodollars', undefined],
  // What costs nothing goes on under a limit of $0.
  [{ picodollars: 0 }, amounts(0, 9, 9), undefined, undefined],
  [{ picodollars: 0 }, amounts(1), 'picodollars', 'picodollars'],
  // Of requests and tokens none leaves nothing.
  [{ requests: 0 }, amounts(0), 'requests', undefined],
  [{ tokens: 0 }, amounts(0), 'tokens', undefined],
  [{}, amounts(1e15, 1e6, 1e9), undefined, undefined],
])('of %j with %j spent, %s is used up and %s overdrawn', (limits, spent, exhausted, overdrawn) => {
  const budget = new Budget(limits)
  budget.spend(spent)
  expect(budget.spent).toEqual(spent)
  expect([budget.exhausted(), budget.overdrawn()]).toEqual([exhausted, overdrawn])
})

const reserved = amounts(70, 1, 500)

test.each([
  ['a priced answer', { cost: priced(30), usage: { input: 4, output: 6 } }, amounts(30, 1, 10)],
  ['an answer without a price or usage counts as what was reserved', { cost: unpriced }, amounts(70, 1, 500)],
  ['so does one whose price nobody has asked for', { usage: { output: 6 } }, amounts(70, 1, 6)],
  ['an estimate goes before what was reserved', { cost: priced(30), estimatedUsage: { output: 8 } }, amounts(30, 1, 8)],
  ['a failed attempt uses up a request and nothing else', { status: 500 }, amounts(0, 1, 0)],
  ['one that failed after its prompt was read costs that', { status: 500, cost: priced(9) }, amounts(9, 1, 0)],
])('%s', (_, fields, expected) => {
  expect(new Spending().add(requestEnd(fields), reserved)).toEqual(expected)
})

test('an answer that nobody reserved anything for counts as what is known of it', () => {
  expect(new Spending().add(requestEnd({ cost: unpriced }), undefined)).toEqual(amounts(0, 1, 0))
})

test('a machine that is paid by the hour costs for the time in which something ran on it, and overlapping time once', () => {
  const price = {
    source: 'p.yaml',
    version: '1',
    provider: 'own',
    product: 'llama',
    tier: 'standard',
    date: '2026-01-01',
  }
  const hourly: HourlyPrice = { usdPerHour: 3.6, price }
  const spending = new Spending()
  const add = (startedAtMs: number, durationSeconds: number) => {
    const usage = { input: 1 }
    const cost: RequestCost = { status: 'priced', picodollars: 0, lines: [], hourly }
    return spending.add(requestEnd({ startedAtMs, durationSeconds, usage, cost }), undefined).picodollars
  }
  // $3.60 an hour are $0.001 a second.
  expect(add(0, 10)).toBe(10_000_000_000)
  expect(add(5_000, 10)).toBe(5_000_000_000)
  expect(add(6_000, 1)).toBe(0)
  // 2,000 seconds are two whole dollars.
  expect(add(100_000, 2_000)).toBe(2_000_000_000_000)
})

test.each([
  [
    'picodollars',
    { picodollars: 1.5e12, requests: 3, tokens: 10, model: 'gpt-4o' },
    'the limit of $2 is reached: $0.75 spent; the next request to gpt-4o may take $1.5. A higher `maxCostUsd` lets it go on',
  ],
  [
    'tokens',
    { picodollars: 1, requests: 1, tokens: 1_200, model: 'gpt-4o' },
    'the limit of 50,000 tokens is reached: 49,000 tokens spent; the next request to gpt-4o may take 1,200 tokens. A higher `maxTokens` lets it go on',
  ],
  [
    'requests',
    undefined,
    'the limit of 1,000 requests is reached: 12 requests spent. A higher `maxRequests` lets it go on',
  ],
  [
    'requests',
    { picodollars: 1, requests: 1, tokens: 1, model: 'gpt-4o' },
    'the limit of 1,000 requests is reached: 12 requests spent. A higher `maxRequests` lets it go on',
  ],
] as const)('a limit of %s says what was spent, what comes next and what raises it', (kind, next, message) => {
  const limits = { maxCostUsd: 2, maxRequests: 1_000, maxTokens: 50_000 }
  expect(limitMessage(kind, { limits, spent: amounts(0.75e12, 12, 49_000), next })).toBe(message)
})

test('large amounts of money are told to the cent, small ones to four digits', () => {
  const told = (maxCostUsd: number, picodollars: number) =>
    limitMessage('picodollars', { limits: { maxCostUsd }, spent: amounts(picodollars) })
  expect(told(123.456, 100e12)).toContain('the limit of $123.46 is reached: $100.00 spent. A')
  expect(told(99.98765, 0.000123456e12)).toContain('the limit of $99.99 is reached: $0.0001235 spent. A')
})
