import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import type { Sign } from '../../metadata/events/request-failure.ts'
import { CircuitBreaker, ConsecutiveFailures } from './circuit-breaker.ts'

/** Plays signs through: `x` trouble, `#` refused, `.` alive, one every so many seconds; gives the number of the fatal one. */
function downAfter(signs: string, everySeconds: number, rule = {}) {
  const health = new ConsecutiveFailures(rule)
  const signOf: Record<string, Sign> = { x: 'trouble', '#': 'refused', '.': 'alive' }
  for (const [index, letter] of [...signs].entries()) {
    const sign = signOf[letter] ?? 'alive'
    if (health.take('m', { sign, word: 'http_503', atSeconds: index * everySeconds })) return index + 1
  }
  return undefined
}

test.each([
  ['ten failures within a moment do not show that it is down', 'xxxxxxxxxxxxxxxxxxxx', 0.1, undefined],
  ['ten failures over half a minute are', 'xxxxxxxxxxxx', 4, 10],
  ['failures over half a minute, but fewer than ten, are not', 'xxxxx', 30, undefined],
  ['one answer in between begins the count anew', 'xxxxxxxxx.xxxxxxxxx', 10, undefined],
  ['ten refusals that waiting does not mend are, however fast', '##########', 0, 10],
  ['one trouble among them needs the time', 'x#########', 0, undefined],
])('%s', (_, signs, everySeconds, expected) => {
  expect(downAfter(signs, everySeconds)).toBe(expected)
})

test('both numbers can be set, and models do not share them', () => {
  expect(downAfter('xxx', 1, { failures: 3, seconds: 2 })).toBe(3)
  const health = new ConsecutiveFailures({ failures: 2, seconds: 0 })
  const trouble = { sign: 'trouble' as const, word: 'ECONNREFUSED', atSeconds: 0 }
  expect(health.take('a', trouble)).toBeUndefined()
  expect(health.take('b', trouble)).toBeUndefined()
  expect(health.take('a', trouble)).toEqual({ failures: 2, seconds: 0, lastWord: 'ECONNREFUSED' })
})

test('a model is suspected before the time is over, but not for the sake of one or two calls that always fail', () => {
  const suspectedAfter = (calls: number) => {
    const health = new ConsecutiveFailures()
    for (let index = 0; index < 12; index += 1) {
      health.take('m', { sign: 'trouble', word: 'http_500', atSeconds: index, callId: String(index % calls) })
    }
    return health.suspects('m')
  }
  expect([1, 2, 3].map(suspectedAfter)).toEqual([false, false, true])
})

test('failures in a row open the circuit only when they span the seconds of the rule, whenever the first one was', () => {
  const failures = new ConsecutiveFailures({ failures: 3, seconds: 30 })
  const at = (atSeconds: number) =>
    failures.take('m', { sign: 'trouble', word: 'http_503', atSeconds, callId: String(atSeconds) })
  expect([at(1000), at(1010), at(1020), at(1029.9)]).toEqual([undefined, undefined, undefined, undefined])
  expect(at(1030)).toEqual({ failures: 5, seconds: 30, lastWord: 'http_503' })
})

test.each([
  [{ status: 401 }, 'the last with http_401. Check its key'],
  [{ status: 403 }, 'the last with http_403. Check its key'],
  [{ status: 402 }, 'the last with http_402. Its account has no money left'],
  [{ status: 404 }, 'the last with http_404. Check its name and its address'],
  [{ status: 503 }, 'the last with http_503. Go on when it answers again'],
  [{ status: 0, errorType: 'ECONNREFUSED' }, 'the last with ECONNREFUSED. Go on when it answers again'],
])('a model that is down by %j is told of once, with what to do', (fields, words) => {
  const told: string[] = []
  const breaker = new CircuitBreaker({ failures: 2, seconds: 0 }, (message) => told.push(message))
  for (let index = 0; index < 4; index += 1) breaker.take(requestEnd({ ...fields, callId: String(index) }))
  const message = `model "m" is down: 2 requests in a row failed, ${words}`
  expect(told).toEqual([message])
  expect(() => breaker.check('m')).toThrow(message)
  expect(breaker.stoppedBy('m', { isOutOfMoney: false })).toBe(message)
  breaker.check('other')
  expect(breaker.stoppedBy('other', { isOutOfMoney: false })).toBeUndefined()
})

test('an answer that says nothing of the health of a model is counted neither way', () => {
  const told: string[] = []
  const breaker = new CircuitBreaker({ failures: 2, seconds: 0 }, (message) => told.push(message))
  for (const status of [503, 429, 429, 429]) breaker.take(requestEnd({ status }))
  expect(told).toEqual([])
  breaker.take(requestEnd({ status: 503 }))
  expect(told).toHaveLength(1)
})
