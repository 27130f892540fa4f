import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Distribution } from '../../metadata/statistics/distribution.ts'
import { sketchBlock } from '../../metadata/summary/statistics-block.ts'
import { bar, histogramRows, mergeBins, readBins, renderHistogram, secondsOfBin } from './latency-histogram.ts'
import { textWidth } from './terminal-text.ts'

function sketchOf(microseconds: readonly number[]) {
  const distribution = new Distribution()
  for (const value of microseconds) distribution.add(value)
  return sketchBlock(distribution)
}

test('a bin of the file stands for values within 1 %', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e10 }), (microseconds) => {
      const bins = readBins(sketchOf([microseconds]))
      const [index] = bins?.counts.keys() ?? []
      const seconds = secondsOfBin(index ?? Number.NaN, 0.01)
      expect(Math.abs(seconds - microseconds / 1e6)).toBeLessThanOrEqual((microseconds / 1e6) * 0.0100001)
    }),
  )
})

test('the rows hold every value, in at most 12 rows', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e10 }), { minLength: 1, maxLength: 50 }), (values) => {
      const bins = readBins(sketchOf(values))
      const rows = bins === undefined ? [] : histogramRows(bins)
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
      expect(rows.length).toBeLessThanOrEqual(12)
    }),
  )
})

test('bins of several models add up', () => {
  const parts = [sketchOf([1000, 2000]), sketchOf([2000, 0])].flatMap((sketch) => readBins(sketch) ?? [])
  const merged = mergeBins(parts)
  expect([...merged.counts.values()].sort()).toEqual([1, 2])
  expect(merged.zeroCount).toBe(1)
})

test('a sketch that is broken is no sketch', () => {
  const sketch = sketchOf([1000])
  expect(readBins({ ...sketch, bins: 'x:y 3' })).toBeUndefined()
  expect(readBins({ ...sketch, relative_accuracy: 0 })).toBeUndefined()
  expect(readBins({ ...sketch, unit: 'bananas' })).toBeUndefined()
  expect(histogramRows({ relativeAccuracy: 0.01, counts: new Map([[1e9, 1]]), zeroCount: 0 })).toEqual([])
})

test.each([40, 80, 200])('a histogram fits into %i columns', (columns) => {
  const bins = readBins(sketchOf([1, 300, 400_000, 500_000, 3_200_000, 90_000_000]))
  const lines = bins === undefined ? [] : renderHistogram(histogramRows(bins), columns)
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns)
})

test('a bar is exact to an eighth of a cell and shows what is not nothing', () => {
  expect(bar(1, 4)).toBe('████')
  expect(bar(0.5, 3)).toBe('█▌')
  expect(bar(0.0001, 10)).toBe('▏')
  expect(bar(0, 10)).toBe('')
})

test('a row of a histogram is its range, its count and a bar as long as its share of the largest', () => {
  const rows = [
    { fromSeconds: 0.1, toSeconds: 0.2, count: 1_000 },
    { fromSeconds: 0.2, toSeconds: 0.4, count: 500 },
    { fromSeconds: 0.4, toSeconds: 0.8, count: 0 },
  ]
  // 80 columns without a terminal, less 15 of the label, 5 of the count and 4 of gaps: 56, of which 50 are used.
  expect(renderHistogram(rows, 0)).toEqual([
    `100 ms – 200 ms  1,000  ${'█'.repeat(50)}`,
    `200 ms – 400 ms    500  ${'█'.repeat(25)}`,
    '400 ms – 800 ms      0',
  ])
  expect(renderHistogram(rows, 34)[0]).toBe(`100 ms – 200 ms  1,000  ${'█'.repeat(10)}`)
  expect(renderHistogram(rows, 20)[0]).toBe('100 ms – 200 ms  1,…')
  expect(renderHistogram([], 80)).toEqual([])
})
