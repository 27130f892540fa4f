import { expect, test } from 'vitest'
import { formatAvoided, formatAvoidedMoney, formatCost, formatCostShort, formatDerivedCost } from './format-cost.ts'

test('a cost says how far it can be trusted', () => {
  const usd = (status: Parameters<typeof formatCostShort>[0]) => formatCost(status, 20)
  expect(usd({ total_cost_usd: 0.0123, status: 'priced' })).toBe('$0.0123')
  expect(usd({ total_cost_usd: 0.0123, status: 'reported' })).toBe('$0.0123')
  expect(usd({ total_cost_usd: 0.0123, status: 'simulated' })).toBe('$0.0123 simulated')
  expect(usd({ total_cost_usd: 0, status: 'free' })).toBe('$0.00 free')
  expect(usd({ total_cost_usd: 0, status: 'unpriced', unpriced_requests: 20 })).toBe('unpriced')
})

test('a cost without status is the amount alone, as format 1.0.0 has it', () => {
  expect(formatCost({ total_cost_usd: 0.00062 }, 20)).toBe('$0.00062')
})

test('a partial cost is a lower bound and says what is missing', () => {
  const cost = { total_cost_usd: 0.0123, status: 'partial', unpriced_requests: 4 } as const
  expect(formatCost(cost, 20, ['my-deployment'])).toBe('≥ $0.0123 (4 of 20 requests unpriced: my-deployment)')
  expect(formatCost({ ...cost, unpriced_requests: 0 }, 20)).toBe('≥ $0.0123 (some tokens have no price)')
  expect(formatCostShort(cost)).toBe('≥ $0.0123')
})

test('a rehearsal of which a part has no price is a lower bound, and nothing when none of it has one', () => {
  const cost = { total_cost_usd: 0.5, status: 'simulated', unpriced_requests: 4, is_lower_bound: true } as const
  expect(formatCost(cost, 20, ['m'])).toBe('≥ $0.50 simulated (4 of 20 requests unpriced: m)')
  expect(formatCostShort({ ...cost, total_cost_usd: 0 })).toBe('unpriced')
})

test('a cost of which more is to come is a lower bound, of whatever kind it is, and said to be one once', () => {
  const open = { total_cost_usd: 0.5, isOpen: true }
  expect(formatCostShort(open)).toBe('≥ $0.50')
  expect(formatCostShort({ ...open, total_cost_usd: 0, status: 'priced' })).toBe('≥ $0.00')
  expect(formatCostShort({ ...open, status: 'simulated' })).toBe('≥ $0.50 simulated')
  expect(formatCostShort({ ...open, status: 'partial' })).toBe('≥ $0.50')
  expect(formatCostShort({ ...open, total_cost_usd: 0, status: 'unpriced' })).toBe('unpriced')
})

test('rehearsed requests beside real ones are named, not added', () => {
  expect(formatCost({ total_cost_usd: 1, status: 'priced', simulated_cost_usd: 0.25 }, 20)).toBe(
    '$1.00 + $0.25 simulated',
  )
})

test('a hostile model name stays harmless', () => {
  const cost = { total_cost_usd: 1, status: 'partial', unpriced_requests: 1 } as const
  expect(formatCost(cost, 1, ['\u001b[2J'])).toContain('\\u001b[2J')
})

test.each([
  [{ cost_usd: 2, simulated_cost_usd: 3, unpriced_requests: 0 }, '$2.00 + $3.00 simulated'],
  [{ cost_usd: 0, simulated_cost_usd: 3, unpriced_requests: 1 }, '≥ $3.00 simulated'],
  [{ cost_usd: 0, simulated_cost_usd: 3, unpriced_requests: 0 }, '$3.00 simulated'],
  [{ cost_usd: 0, unpriced_requests: 4 }, 'at an unknown price'],
  [{ cost_usd: 0, unpriced_requests: 0 }, '$0.00'],
])('what was avoided: %j is %s', (avoided, text) => {
  expect(formatAvoidedMoney(avoided)).toBe(text)
})

test('what was avoided is told with the word that it was not spent, and how much of it is not known', () => {
  const avoided = { requests: 2, total_tokens: 1_000, cost_usd: 3, unpriced_requests: 0 }
  const end = ': answered from the cache, not spent'
  expect(formatAvoided(avoided)).toBe(`2 requests, 1,000 tokens, $3.00${end}`)
  expect(formatAvoided({ ...avoided, unpriced_requests: 1 })).toBe(
    `2 requests, 1,000 tokens, ≥ $3.00 (1 unpriced)${end}`,
  )
  const rehearsed = { ...avoided, cost_usd: 0, simulated_cost_usd: 4, unpriced_requests: 1 }
  expect(formatAvoided(rehearsed)).toBe(`2 requests, 1,000 tokens, ≥ $4.00 simulated (1 unpriced)${end}`)
  expect(formatAvoided({ ...avoided, cost_usd: 0, unpriced_requests: 2 })).toBe(
    `2 requests, 1,000 tokens, at an unknown price${end}`,
  )
  expect([formatAvoided(undefined), formatAvoided({ ...avoided, requests: 0 })]).toEqual([undefined, undefined])
})

test('what is not there is no cost of 0', () => {
  expect([formatCost(undefined, 1), formatCostShort(undefined), formatDerivedCost(undefined, {})]).toEqual([
    '–',
    '–',
    '–',
  ])
  expect(formatDerivedCost(2, undefined)).toBe('$2.00')
})
