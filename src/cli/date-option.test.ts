import { expect, test } from 'vitest'
import { parseMoment } from './date-option.ts'

test('a day is its noon in UTC, a moment is itself', () => {
  expect(parseMoment('2026-11-23')).toBe(Date.UTC(2026, 10, 23, 12))
  expect(parseMoment('2026-11-23T18:19:07Z')).toBe(Date.UTC(2026, 10, 23, 18, 19, 7))
})

test.each(['2026-02-31', '2026-13-01', 'yesterday', '2026', ''])('%j is refused', (value) => {
  expect(() => parseMoment(value)).toThrow('expected a date')
})
