import { expect, test } from 'vitest'
import { sumOfCosts } from './sum-of-costs.ts'

test('a sum of costs has the status of all of them, and rehearsals stand apart', () => {
  expect(sumOfCosts([])).toBeUndefined()
  const free = { total_cost_usd: 0, status: 'free' } as const
  const priced = { total_cost_usd: 2, status: 'priced' } as const
  expect(sumOfCosts([free, priced])).toEqual({ total_cost_usd: 2, status: 'priced' })
  expect(sumOfCosts([priced, { total_cost_usd: 0, status: 'unpriced', unpriced_requests: 3 }])).toEqual({
    total_cost_usd: 2,
    status: 'partial',
    unpriced_requests: 3,
  })
  expect(sumOfCosts([priced, { total_cost_usd: 5, status: 'simulated' }])).toEqual({
    total_cost_usd: 2,
    status: 'priced',
    simulated_cost_usd: 5,
  })
  const rehearsed = { total_cost_usd: 3, simulated_cost_usd: 3, status: 'simulated' } as const
  expect(sumOfCosts([rehearsed, rehearsed])).toEqual({ total_cost_usd: 6, status: 'simulated' })
  const bound = { total_cost_usd: 1, status: 'simulated', is_lower_bound: true } as const
  expect(sumOfCosts([bound, bound])).toEqual({ total_cost_usd: 2, status: 'simulated', is_lower_bound: true })
})
