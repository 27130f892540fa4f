import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AdaptiveConcurrency, type ConcurrencyOutcome } from './adaptive-concurrency.ts'

/** A concurrency with a clock that the test sets. */
function limitOf(most: number) {
  let now = 0
  let due: { at: number; run: () => void } | undefined
  const changes: string[] = []
  const concurrency = new AdaptiveConcurrency({
    most,
    nowSeconds: () => now,
    schedule: (seconds, run) => {
      due = { at: now + seconds, run }
      return () => {
        due = undefined
      }
    },
    onChange: (limit, reason) => changes.push(`${reason} ${limit}`),
  })
  const advance = (seconds: number) => {
    now += seconds
    if (due === undefined || due.at > now) return
    const { run } = due
    due = undefined
    run()
  }
  return { concurrency, changes, advance }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function enter(concurrency: AdaptiveConcurrency, count: number) {
  const entered = { count: 0 }
  for (let index = 0; index < count; index += 1) void concurrency.enter().then(() => (entered.count += 1))
  await turn()
  return entered
}

test('no more than the limit are in flight, and a place that is given back goes to the next', async () => {
  const { concurrency } = limitOf(3)
  const entered = await enter(concurrency, 5)
  expect([entered.count, concurrency.running]).toEqual([3, 3])
  concurrency.leave({ type: 'answer' })
  await turn()
  expect([entered.count, concurrency.running]).toEqual([4, 3])
})

test('a volley of 429 is one cut to half of what was in flight; after the cooldown each round adds one', async () => {
  const { concurrency, changes, advance } = limitOf(20)
  await enter(concurrency, 20)
  for (let index = 0; index < 20; index += 1) concurrency.leave({ type: 'rate-limit' })
  expect(changes).toEqual(['rate-limit 10'])
  const answers = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      await concurrency.enter()
      concurrency.leave({ type: 'answer' })
    }
  }
  await answers(30)
  expect(concurrency.limit).toBe(10)
  advance(5)
  await answers(9)
  expect(concurrency.limit).toBe(10)
  await answers(1 + 11)
  expect(changes).toEqual(['rate-limit 10', 'growth 11', 'growth 12'])
  await answers(1_000)
  expect(concurrency.limit).toBe(20)
})

test('while the provider asks for a pause nothing is sent, and then as many as may be', async () => {
  const { concurrency, advance } = limitOf(4)
  await concurrency.enter()
  concurrency.leave({ type: 'other', pauseSeconds: 10 })
  const entered = await enter(concurrency, 6)
  expect(entered.count).toBe(0)
  advance(9)
  await turn()
  expect(entered.count).toBe(0)
  advance(1)
  await turn()
  expect(entered.count).toBe(4)
})

test('an abort ends the wait, and the next one has its turn', async () => {
  const { concurrency } = limitOf(1)
  await concurrency.enter()
  const abort = new AbortController()
  const left = concurrency.enter(abort.signal)
  const next = concurrency.enter()
  abort.abort(new Error('given up'))
  await expect(left).rejects.toThrow('given up')
  concurrency.leave()
  await next
  expect(concurrency.running).toBe(1)
})

test('whatever happens the limit stays between one and its most, nothing runs beyond it, and nobody is forgotten', async () => {
  const outcome = fc.record({
    type: fc.constantFrom<ConcurrencyOutcome['type']>('answer', 'rate-limit', 'other'),
    pauseSeconds: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  })
  const step = fc.oneof(
    fc.record({ do: fc.constant('enter' as const) }),
    fc.record({ do: fc.constant('leave' as const), outcome }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 15 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 120 }), async (most, steps) => {
      const { concurrency, advance } = limitOf(most)
      let [asked, entered, left] = [0, 0, 0]
      for (const each of steps) {
        const runningBefore = concurrency.running
        if (each.do === 'enter') {
          asked += 1
          void concurrency.enter().then(() => {
            entered += 1
          })
        } else if (each.do === 'leave') {
          if (concurrency.running === 0) continue
          left += 1
          concurrency.leave(each.outcome)
        } else advance(each.seconds)
        await Promise.resolve()
        expect(concurrency.limit).toBeGreaterThanOrEqual(1)
        expect(concurrency.limit).toBeLessThanOrEqual(most)
        // A cut does not take back what is in flight, but lets nobody in.
        if (concurrency.running > concurrency.limit) expect(concurrency.running).toBeLessThanOrEqual(runningBefore)
      }
      for (let round = 0; entered < asked && round < 1_000; round += 1) {
        advance(20)
        while (concurrency.running > 0) {
          left += 1
          concurrency.leave({ type: 'other' })
        }
        await turn()
      }
      expect(entered).toBe(asked)
      expect(concurrency.running).toBe(entered - left)
    }),
    { numRuns: 60 },
  )
})

test('who has a place is no longer there to be taken out of the queue, and an abort before the wait is one at once', async () => {
  const { concurrency } = limitOf(1)
  await concurrency.enter()
  const abort = new AbortController()
  const first = concurrency.enter(abort.signal)
  const second = concurrency.enter()
  concurrency.leave()
  await first
  abort.abort(new Error('too late'))
  await expect(concurrency.enter(abort.signal)).rejects.toThrow('too late')
  concurrency.leave()
  await second
  expect(concurrency.running).toBe(1)
})

test('the most that there may be can change: what no refusal has lowered goes along, what one has does not rise', async () => {
  const { concurrency, changes } = limitOf(4)
  const entered = await enter(concurrency, 9)
  concurrency.setMost(6)
  await turn()
  expect([entered.count, concurrency.limit]).toEqual([6, 6])
  concurrency.setMost(6)
  concurrency.leave({ type: 'rate-limit' })
  expect(concurrency.limit).toBe(3)
  concurrency.setMost(10)
  expect(concurrency.limit).toBe(3)
  concurrency.setMost(2)
  expect(concurrency.limit).toBe(2)
  expect(changes).toEqual(['workers 6', 'rate-limit 3', 'workers 2'])
})

test('the longest pause that was asked for holds, and a place that is given back without a word asks for none', async () => {
  const { concurrency, advance } = limitOf(5)
  for (let index = 0; index < 4; index += 1) await concurrency.enter()
  advance(100)
  concurrency.leave({ type: 'other', pauseSeconds: 10 })
  concurrency.leave({ type: 'other', pauseSeconds: 3 })
  concurrency.leave()
  const entered = await enter(concurrency, 1)
  advance(9)
  await turn()
  expect(entered.count).toBe(0)
  advance(1)
  await turn()
  expect(entered.count).toBe(1)
})

test('a limit above twenty grows after twenty answers, and a refusal begins the count anew', async () => {
  const { concurrency, changes, advance } = limitOf(80)
  await enter(concurrency, 80)
  concurrency.leave({ type: 'rate-limit' })
  advance(2)
  const answers = (count: number) => {
    for (let index = 0; index < count; index += 1) concurrency.leave({ type: 'answer' })
  }
  answers(19)
  expect(changes).toEqual(['rate-limit 40'])
  answers(1)
  expect(changes.at(-1)).toBe('growth 41')
  answers(15)
  concurrency.leave({ type: 'rate-limit' })
  expect(changes.at(-1)).toBe('rate-limit 21')
  advance(1.9)
  concurrency.leave({ type: 'rate-limit' })
  expect(changes).toHaveLength(3)
  advance(0.1)
  answers(10)
  expect(changes).toHaveLength(3)
})
