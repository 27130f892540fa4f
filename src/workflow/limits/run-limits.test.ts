import { expect, test } from 'vitest'
import { FailureCount } from './failure-limit.ts'
import { limitsOf, parseFailureLimit } from './run-limits.ts'

test('options go before the configuration of the task', () => {
  expect(limitsOf({ maxCostUsd: 2 }, { max_cost: 5, max_requests: 10, max_failures: '5%' })).toMatchObject({
    maxCostUsd: 2,
    maxRequests: 10,
    maxFailures: '5%',
  })
})

test.each([
  [{ maxCostUsd: -1 }, 'maxCostUsd: expected a number, 0 or more; found -1'],
  [{ maxTokens: Number.NaN }, 'maxTokens: expected a number'],
  [{ maxFailures: 'many' }, 'found many'],
  [{ maxFailures: '101%' }, 'found 101%'],
])('%j is refused', (limits, message) => {
  expect(() => limitsOf(limits)).toThrow(message)
})

function excessAfter(limit: number | string, outcomes: string, past = { records: 0, failed: 0 }) {
  const count = new FailureCount(parseFailureLimit(limit), past)
  for (const outcome of outcomes) count.add({ succeeded: outcome === '.' })
  return count.excess()
}

test.each([
  [0, '....', undefined],
  [0, '..x', '1 record failed, more than the 0 allowed'],
  [2, 'xx', undefined],
  ['50%', 'xxxxxxxxxxxxxxxxxxx', undefined],
  ['50%', 'xxxxxxxxxxxxxxxxxxxx', '20 of 20 records failed, more than the 50 % allowed'],
  ['5%', `${'.'.repeat(19)}x`, undefined],
  ['5%', `${'.'.repeat(18)}xx`, '2 of 20 records failed, more than the 5 % allowed'],
])('with --max-failures %s the records %s: %s', (limit, outcomes, excess) => {
  expect(excessAfter(limit, outcomes)).toBe(excess)
})

test('failures of earlier sessions count', () => {
  expect(excessAfter(2, 'x', { records: 10, failed: 2 })).toContain('3 records failed')
})
