import fc from 'fast-check'
import { expect, test } from 'vitest'
import { move, zoom } from './timeline-window.ts'

const whole = { fromMs: 1_000, toMs: 61_000 }
const step = fc.oneof(
  fc.constantFrom(0.5, 2).map((factor) => ({ factor, share: undefined })),
  fc.constantFrom(-0.25, 0.25, 3, -3).map((share) => ({ share, factor: undefined })),
)

test('however one zooms and moves, one stays within the run and sees something of it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let shown = whole
      for (const { factor, share } of steps) {
        shown = factor === undefined ? move(whole, shown, share) : zoom(whole, shown, factor)
        expect(shown.fromMs).toBeGreaterThanOrEqual(whole.fromMs)
        expect(shown.toMs).toBeLessThanOrEqual(whole.toMs + 1e-6)
        expect(shown.toMs - shown.fromMs).toBeGreaterThanOrEqual(49.9)
      }
    }),
  )
})

test('zooming in and out again shows the same part', () => {
  const near = zoom(whole, whole, 0.5)
  expect(near).toEqual({ fromMs: 16_000, toMs: 46_000 })
  expect(zoom(whole, near, 2)).toEqual(whole)
})
