import fc from 'fast-check'
import { expect, test } from 'vitest'
import { integerBetween, logNormal, randomOf, xoshiro128 } from './seeded-random.ts'

test('xoshiro128** gives the published numbers for the state 1, 2, 3, 4', () => {
  const next = xoshiro128([1, 2, 3, 4])
  expect(Array.from({ length: 6 }, next)).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492])
})

test('the same labels give the same numbers, other labels other numbers', () => {
  const take = (...labels: (string | number)[]) => Array.from({ length: 5 }, randomOf(...labels))
  expect(take(1, 'body', 0)).toEqual(take(1, 'body', 0))
  expect(take(1, 'body', 0)).not.toEqual(take(1, 'body', 1))
  expect(take('1', 'a')).not.toEqual(take(1, 'a'))
})

test('numbers are spread evenly over [0, 1)', () => {
  const random = randomOf('even')
  const counts = Array.from({ length: 10 }, () => 0)
  for (let index = 0; index < 100_000; index++) {
    const tenth = Math.floor(random() * 10)
    counts[tenth] = (counts[tenth] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})

test('log-normal draws are positive and have the mean that was asked for', () => {
  const random = randomOf('mean')
  const draws = Array.from({ length: 50_000 }, () => logNormal({ mean: 0.4, sigma: 0.6, random }))
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
  expect(Math.min(...draws.slice(0, 1000))).toBeGreaterThan(0)
  expect(mean).toBeCloseTo(0.4, 2)
})

test('no spread gives the mean itself, no mean gives 0', () => {
  expect(logNormal({ mean: 0.3, sigma: 0, random: randomOf('x') })).toBe(0.3)
  expect(logNormal({ mean: 0, sigma: 1, random: randomOf('x') })).toBe(0)
})

test('an integer between two bounds never leaves them', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), fc.string(), (least, width, label) => {
      const drawn = integerBetween({ least, most: least + width, random: randomOf(label) })
      expect(Number.isInteger(drawn) && drawn >= least && drawn <= least + width).toBe(true)
    }),
  )
})
