import { DDSketch } from '@datadog/sketches-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QuantileSketch, sketchAccuracy } from './quantile-sketch.ts'

const values = fc.array(fc.oneof(fc.nat({ max: 100 }), fc.nat(), fc.maxSafeNat()), { minLength: 1, maxLength: 500 })

test("it has the bins and the quantiles of DataDog's DDSketch", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (added, quantile) => {
      const sketch = new QuantileSketch()
      const theirs = new DDSketch({ relativeAccuracy: sketchAccuracy })
      for (const value of added) {
        sketch.add(value)
        theirs.accept(value)
      }
      const { bins, offset } = theirs.store
      const filled = bins.flatMap((count, place) => (count === 0 ? [] : [[place + offset, count]]))
      expect(sketch.bins()).toEqual(filled)
      expect(sketch.zeroCount).toBe(theirs.zeroCount)
      expect(sketch.quantiles()(quantile)).toBe(theirs.getValueAtQuantile(quantile))
    }),
  )
})

test('1 and 1,000,000 have the bins 0 and 691', () => {
  const sketch = new QuantileSketch()
  for (const value of [1, 1_000_000, 0]) sketch.add(value)
  // 1.01 / 0.99 to the power of 691 is 1,004,962; to that of 690, 985,062.
  expect(sketch.bins()).toEqual([
    [0, 1],
    [691, 1],
  ])
  expect(sketch.zeroCount).toBe(1)
})
