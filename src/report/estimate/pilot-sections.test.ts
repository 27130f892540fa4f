import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eightyPercentOfStudent, forecastSeconds, forecastSum } from './pilot-sections.ts'

// Student's t at 0.9, as every table has it.
test.each([
  [1, 3.078],
  [2, 1.886],
  [3, 1.638],
  [5, 1.476],
  [10, 1.372],
  [19, 1.328],
  [100, 1.29],
])('with %i degrees of freedom 80 %% lie within %f', (degrees, quantile) => {
  expect(Math.abs(eightyPercentOfStudent(degrees) - quantile)).toBeLessThan(0.003)
})

/** A seeded source of numbers between 0 and 1. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test('of many runs, about 80 % come to what the interval of their pilot says', () => {
  const random = randomOf(7)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let held = 0
  const runs = 2_000
  for (let run = 0; run < runs; run += 1) {
    const values = Array.from({ length: 120 }, () => 10 + 3 * normal())
    const forecast = forecastSum({ values: values.slice(0, 20), left: 100 })
    const whole = values.reduce((sum, value) => sum + value, 0)
    if (forecast !== undefined && forecast.from <= whole && whole <= forecast.to) held += 1
  }
  expect(held / runs).toBeGreaterThan(0.77)
  expect(held / runs).toBeLessThan(0.83)
})

test('the interval holds the forecast, and never less than what was spent; with nothing left it is the sum', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(values, fc.nat(1_000), (sample, left) => {
      const spent = sample.reduce((sum, value) => sum + value, 0)
      const forecast = forecastSum({ values: sample, left })
      expect(forecast?.from).toBeGreaterThanOrEqual(spent)
      expect(forecast?.value).toBeGreaterThanOrEqual((forecast?.from ?? 0) - 1e-6)
      expect(forecast?.to).toBeGreaterThanOrEqual(forecast?.value ?? 0)
      if (left === 0) expect(forecast).toEqual({ value: spent, from: spent, to: spent })
    }),
  )
})

test('one record tells nothing', () => {
  expect(forecastSum({ values: [1], left: 10 })).toBeUndefined()
})

test('time goes on with so many records at once', () => {
  const sample = { values: [2, 2, 2, 2], left: 100 }
  expect(forecastSeconds(sample, { tookSeconds: 2, atOnce: 10 })).toEqual({ value: 22, from: 22, to: 22 })
  expect(forecastSeconds({ ...sample, left: 5 }, { tookSeconds: 2, atOnce: 10 })?.value).toBe(4)
})
