import fc from 'fast-check'
import { expect, test } from 'vitest'
import { busyMoney } from '../totals/busy-totals.ts'
import { BusyTime } from './busy-time.ts'

type Request = readonly [start: number, duration: number]

function busyOf(requests: readonly Request[]): BusyTime {
  const busy = new BusyTime()
  for (const [start, duration] of requests) busy.add(start, duration)
  return busy
}

test('overlapping requests are paid once, gaps not at all', () => {
  const requests: Request[] = [
    [0, 10],
    [5, 10],
    [2, 1],
    [20, 5],
    [25, 5],
    [100, 0],
  ]
  expect(busyOf(requests).microseconds()).toBe(25)
})

test('a count of the moments that are covered gives the same', () => {
  const arbitrary = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.nat({ max: 40 })), { maxLength: 60 })
  fc.assert(
    fc.property(arbitrary, (requests) => {
      const covered = new Set<number>()
      for (const [start, duration] of requests) for (let at = start; at < start + duration; at++) covered.add(at)
      expect(busyOf(requests).microseconds()).toBe(covered.size)
    }),
  )
})

test('the order of requests and where they are merged do not matter, with few and with many', () => {
  const day = 86_400_000_000
  for (const count of [500, 25_000]) {
    const requests = Array.from(
      { length: count },
      (_, index): Request => [(index * 7_919_000_003) % day, (index * 104_729) % 3_000_000],
    )
    const whole = busyOf(requests).microseconds()
    expect(busyOf([...requests].reverse()).microseconds()).toBe(whole)
    const third = Math.floor(count / 3)
    const parts = busyOf(requests.slice(third))
    parts.microseconds()
    parts.merge(busyOf(requests.slice(0, third)))
    expect(parts.microseconds()).toBe(whole)
    expect(parts.requests).toBe(count)
  }
})

test('of more than 10,000 requests the time is too long by at most two cells of the grid for each gap', () => {
  const requests = Array.from({ length: 20_000 }, (_, index): Request => [index * 3_000_000, 1_000_000])
  const exact = 20_000 * 1_000_000
  const cell = 2 ** Math.ceil(Math.log2((20_000 * 3_000_000) / 65_536))
  const found = busyOf(requests).microseconds()
  expect(found).toBeGreaterThanOrEqual(exact)
  expect(found - exact).toBeLessThanOrEqual(20_000 * 2 * cell)
})

test('merged beyond 10,000 requests, the grid is that of the whole time, whichever part is merged into the other', () => {
  // 6,000 requests of 1 µs, one every 5,000 µs, from the first microsecond on; and as many that end at 65,536 × 1,024 µs.
  // The grid of the whole has cells of 1,024 µs, that of either part of 512: each request lies in a cell of its own.
  const end = 65_536 * 1_024
  const early = Array.from({ length: 6_000 }, (_, index): Request => [index * 5_000, 1])
  const late = Array.from({ length: 6_000 }, (_, index): Request => [end - 1 - index * 5_000, 1])
  expect(busyOf(early).microseconds()).toBe(6_000)
  for (const [first, second] of [
    [early, late],
    [late, early],
  ] as const) {
    const busy = busyOf(first)
    busy.merge(busyOf(second))
    expect(busy.requests).toBe(12_000)
    expect(busy.microseconds()).toBe(12_000 * 1_024)
  }
})

test('merging nothing, or into nothing, changes nothing', () => {
  const busy = busyOf([[10, 5]])
  busy.merge(new BusyTime())
  const none = new BusyTime()
  none.merge(busy)
  expect([busy.microseconds(), none.microseconds(), none.requests]).toEqual([5, 5, 1])
})

test('3.6 dollars an hour are a tenth of a cent a second', () => {
  expect(busyMoney(90_500_000, 3.6)).toEqual({ dollars: 0, picodollars: 90_500_000_000 })
  expect(busyMoney(3_600_000_000 * 1000, 12.5)).toEqual({ dollars: 12_500, picodollars: 0 })
})
