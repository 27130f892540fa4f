import { expect, test } from 'vitest'
import { FailureCount } from './failure-limit.ts'
import { limitKeyOf, limitsOf, limitsRequests, readLimit } from './run-limits.ts'

const keys = (['maxCostUsd', 'maxRequests', 'maxTokens', 'maxFailures', 'timeoutSeconds'] as const).map(limitKeyOf)

test('options go before the configuration of the task', () => {
  expect(limitsOf({ maxCostUsd: 2 }, { max_cost: 5, max_requests: 10, max_failures: '5%' })).toMatchObject({
    maxCostUsd: 2,
    maxRequests: 10,
    maxFailures: '5%',
  })
})

test.each([
  [{ maxCostUsd: -1 }, 'maxCostUsd: found -1; expected an amount of US dollars, 0 or more'],
  [{ maxTokens: Number.NaN }, 'maxTokens: found NaN; expected a whole number, 0 or more'],
  [{ maxRequests: 2.5 }, 'maxRequests: found 2.5; expected a whole number, 0 or more'],
  [
    { maxFailures: 'many' },
    'maxFailures: found "many"; expected a whole number of records, 0 or more, or a share such as 5%',
  ],
  [{ maxFailures: '101%' }, 'maxFailures: found "101%"'],
  [{ maxFailures: 12.5 }, 'maxFailures: found 12.5'],
  [{ timeoutSeconds: 0 }, 'timeoutSeconds: found 0; expected a time above 0'],
])('%j is refused', (limits, message) => {
  expect(() => limitsOf(limits)).toThrow(message)
})

test.each([
  ['maxCostUsd', '5', 5],
  ['maxCostUsd', 0.25, 0.25],
  ['maxCostUsd', '', undefined],
  ['maxCostUsd', ' ', undefined],
  ['maxCostUsd', 'Infinity', undefined],
  ['maxCostUsd', true, undefined],
  ['maxRequests', '1e3', 1000],
  ['maxRequests', '1.5', undefined],
  ['maxTokens', 2 ** 60, undefined],
  ['maxFailures', 10, 10],
  ['maxFailures', '10', 10],
  ['maxFailures', '2.5%', '2.5%'],
  ['maxFailures', '100%', '100%'],
  ['maxFailures', '0%', '0%'],
  ['maxFailures', '12.5', undefined],
  ['maxFailures', '150%', undefined],
  ['maxFailures', -1, undefined],
  ['timeoutSeconds', '8h', 28_800],
  ['timeoutSeconds', '30min', 1800],
  ['timeoutSeconds', 90, 90],
  ['timeoutSeconds', '0s', undefined],
] as const)('%s reads %j as %j, whoever says it', (name, given, expected) => {
  const read = readLimit(name, given)
  expect('value' in read ? read.value : undefined).toBe(expected)
})

test('a share of few records is judged when all are done', () => {
  const count = new FailureCount('50%', { records: 0, failed: 0 })
  for (let record = 0; record < 3; record += 1) count.add({ succeeded: false })
  expect(count.excess()).toBeUndefined()
  expect(count.excess({ areAllDone: true })).toBe('3 of 3 records failed, more than the 50 % allowed')
})

function excessAfter(limit: number | string, outcomes: string, past = { records: 0, failed: 0 }) {
  const count = new FailureCount(limit, past)
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

test.each([
  [{ max_cost: 'much' }, 'limits.max_cost: found "much"; expected an amount of US dollars, 0 or more'],
  [{ max_requests: -1 }, 'limits.max_requests: found -1'],
  [{ max_tokens: 1.5 }, 'limits.max_tokens: found 1.5'],
  [{ max_failures: 'x5%' }, 'limits.max_failures: found "x5%"'],
  [{ timeout: 'in 8h' }, 'limits.timeout: found "in 8h"; expected a time above 0, such as 90 (seconds), 30min or 8h'],
  [{ timeout: '8h ago' }, 'limits.timeout: found "8h ago"'],
])('a limit of the configuration that is none, %j, is refused with its key', (config, message) => {
  expect(() => limitsOf({}, config)).toThrow(expect.objectContaining({ code: 'bad_config' }))
  expect(() => limitsOf({}, config)).toThrow(message)
})

test('an option that is none is a fault of the program', () => {
  expect(() => limitsOf({ maxTokens: -1 })).toThrow(expect.objectContaining({ code: 'bad_argument' }))
})

test('every limit of the configuration holds, under its own key', () => {
  const config = { max_cost: '2.50', max_requests: '9', max_tokens: 800, max_failures: ' 12.25 % ', timeout: '1.5h' }
  expect(limitsOf({}, config)).toEqual({
    maxCostUsd: 2.5,
    maxRequests: 9,
    maxTokens: 800,
    maxFailures: '12.25 %',
    timeoutSeconds: 5_400,
  })
  for (const key of ['max_cost', 'max_requests', 'max_tokens', 'max_failures', 'timeout']) expect(keys).toContain(key)
})

test('what requests use up is limited by cost, requests or tokens, and by nothing else', () => {
  expect([{ maxCostUsd: 0 }, { maxRequests: 0 }, { maxTokens: 0 }].map(limitsRequests)).toEqual([true, true, true])
  expect([{}, { maxFailures: 0, timeoutSeconds: 1 }].map(limitsRequests)).toEqual([false, false])
})

test.each([
  ['1d', 86_400],
  ['0.5min', 30],
  ['12.25s', 12.25],
  [' 45 ', 45],
  ['1.h', undefined],
  ['8 h', undefined],
  ['8w', undefined],
  ['', undefined],
])('a time of %j is %s seconds', (given, expected) => {
  const read = readLimit('timeoutSeconds', given)
  expect('value' in read ? read.value : undefined).toBe(expected)
})

test('the whole share may fail, and a share of none lets nothing fail', () => {
  expect(excessAfter('100%', 'x'.repeat(20))).toBeUndefined()
  expect(excessAfter('0%', `x${'.'.repeat(19)}`)).toBe('1 of 20 records failed, more than the 0 % allowed')
  expect(excessAfter('12.345%', 'x'.repeat(20))).toContain('more than the 12.35 % allowed')
})
