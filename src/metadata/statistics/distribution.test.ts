import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Distribution, exactLimit } from './distribution.ts'

function distributionOf(values: readonly number[]): Distribution {
  const distribution = new Distribution()
  for (const value of values) distribution.add(value)
  return distribution
}

test('ten values give interpolated percentiles within their range', () => {
  const statistics = distributionOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).statistics()
  expect(statistics).toMatchObject({ min: 1, max: 10, mean: 5.5, median: 5.5, p50: 5.5 })
  expect(statistics.p95).toBeCloseTo(9.55, 10)
  expect(statistics.p99).toBeCloseTo(9.91, 10)
  expect(statistics.standardDeviation).toBeCloseTo(3.0277, 4)
})

test('one value has no deviation, and none gives zeros', () => {
  expect(distributionOf([7]).statistics()).toMatchObject({ min: 7, max: 7, median: 7, standardDeviation: 0 })
  expect(new Distribution().statistics()).toMatchObject({ min: 0, max: 0, mean: 0, p99: 0 })
})

test('beyond the limit percentiles are within one per cent, and sum and deviation stay exact', () => {
  const values = Array.from({ length: exactLimit * 3 }, (_, index) => 1 + ((index * 7919) % 1_000_003))
  const sorted = [...values].sort((a, b) => a - b)
  const { p50, p95, p99, mean, standardDeviation } = distributionOf(values).statistics()
  for (const [quantile, value] of [
    [0.5, p50],
    [0.95, p95],
    [0.99, p99],
  ] as const) {
    const exact = sorted[Math.round(quantile * (sorted.length - 1))] ?? 0
    expect(Math.abs(value / exact - 1)).toBeLessThan(0.0101)
  }
  const exactMean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - exactMean) ** 2, 0) / (values.length - 1)
  expect(mean).toBe(exactMean)
  expect(standardDeviation).toBeCloseTo(Math.sqrt(variance), 3)
})

test('merging in any grouping gives the same statistics, across the limit too', () => {
  const value = fc.nat({ max: 200_000_000 })
  fc.assert(
    fc.property(fc.array(value), fc.array(value), fc.boolean(), (first, second, isLarge) => {
      const filler = isLarge ? Array.from({ length: exactLimit - 5 }, (_, index) => index * 31) : []
      const whole = distributionOf([...first, ...filler, ...second])
      const merged = distributionOf([...first, ...filler])
      merged.merge(distributionOf(second))
      expect(merged.statistics()).toEqual(whole.statistics())
      expect(merged.sketchState()).toEqual(whole.sketchState())
    }),
    { numRuns: 30 },
  )
})

test('merging a sketch, into values, into a sketch and into nothing', () => {
  // The whole numbers from 1 to n have the mean (n + 1) / 2 and the variance n (n + 1) / 12.
  const n = exactLimit * 2 + 4_000
  const numbers = Array.from({ length: n }, (_, index) => index + 1)
  for (const split of [0, 100, exactLimit, exactLimit + 2_000]) {
    const into = distributionOf(numbers.slice(0, split))
    const sketch = distributionOf(numbers.slice(split))
    const before = sketch.sketchState()
    into.merge(sketch)
    const { min, max, mean, standardDeviation, p50, p95, p99 } = into.statistics()
    expect([into.count, into.sum, min, max, mean]).toEqual([n, (n * (n + 1)) / 2, 1, n, (n + 1) / 2])
    expect(standardDeviation).toBeCloseTo(Math.sqrt((n * (n + 1)) / 12), 6)
    expect(Math.abs(p50 / (n * 0.5) - 1)).toBeLessThan(0.0101)
    expect(Math.abs(p95 / (n * 0.95) - 1)).toBeLessThan(0.0101)
    expect(Math.abs(p99 / (n * 0.99) - 1)).toBeLessThan(0.0101)
    into.add(5)
    expect(sketch.sketchState()).toEqual(before)
  }
})

test('zeros are kept apart when sketches are merged', () => {
  const zeros = distributionOf(Array.from({ length: exactLimit + 1 }, () => 0))
  zeros.merge(distributionOf(Array.from({ length: exactLimit + 3 }, (_, index) => (index < 2 ? 0 : 1_000))))
  // 10,003 zeros and 10,001 others: the middle of 20,004 is still a zero.
  const { min, max, p50 } = zeros.statistics()
  expect([min, max, p50, zeros.sketchState().zeroCount]).toEqual([0, 1_000, 0, exactLimit + 3])
})
