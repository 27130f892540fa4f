import { expect, test } from 'vitest'
import { formatAvoidedMoney } from './format-avoided.ts'

test.each([
  [{ cost_usd: 2, simulated_cost_usd: 3, unpriced_requests: 0 }, '$2.00 + $3.00 simulated'],
  [{ cost_usd: 0, simulated_cost_usd: 3, unpriced_requests: 1 }, '≥ $3.00 simulated'],
  [{ cost_usd: 0, unpriced_requests: 4 }, 'at an unknown price'],
  [{ cost_usd: 0, unpriced_requests: 0 }, '$0.00'],
])('what was avoided: %j is %s', (avoided, text) => {
  expect(formatAvoidedMoney(avoided)).toBe(text)
})
