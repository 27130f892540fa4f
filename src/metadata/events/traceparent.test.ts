import { expect, test } from 'vitest'
import { readTraceparent, traceparentOf, validTraceparent } from './traceparent.ts'

// The example of W3C's recommendation.
const example = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const span = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 }

test('a traceparent is read as W3C says, and written the same', () => {
  expect(readTraceparent(example)).toEqual(span)
  expect(traceparentOf(span)).toBe(example)
  expect(traceparentOf({ ...span, traceFlags: 0x1ab })).toMatch(/-ab$/)
  expect(readTraceparent(example.replace(/01$/, 'ff'))?.traceFlags).toBe(255)
  expect(validTraceparent(` ${example}\n`)).toBe(example)
})

test.each([
  undefined,
  '',
  `${example}-more`,
  `x${example}`,
  example.toUpperCase(),
  example.slice(0, -1),
  example.replace(span.traceId, '0'.repeat(32)),
  example.replace(span.spanId, '0'.repeat(16)),
])('%s is no traceparent', (text) => {
  expect(readTraceparent(text)).toBeUndefined()
  expect(validTraceparent(text)).toBeUndefined()
})
