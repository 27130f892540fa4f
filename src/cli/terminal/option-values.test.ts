import { expect, test } from 'vitest'
import { parseMoment, parseRecordCount, parseSince, recordCountOf } from './option-values.ts'

test('a day is its noon in UTC, a moment is itself', () => {
  expect(parseMoment('2026-11-23')).toBe(Date.UTC(2026, 10, 23, 12))
  expect(parseMoment('2026-11-23T18:19:07Z')).toBe(Date.UTC(2026, 10, 23, 18, 19, 7))
})

test('since takes a length of time or a date; a day begins at its midnight here', () => {
  const nowMs = Date.parse('2026-11-23T12:00:00Z')
  expect(parseSince('24h', nowMs)).toBe(nowMs - 86_400_000)
  expect(parseSince('7d', nowMs)).toBe(nowMs - 7 * 86_400_000)
  expect(parseSince('30min', nowMs)).toBe(nowMs - 1_800_000)
  expect(parseSince('2026-11-01')).toBe(new Date(2026, 10, 1).getTime())
  expect(parseSince('2026-11-01T12:00:00Z')).toBe(Date.parse('2026-11-01T12:00:00Z'))
  for (const wrong of ['7', '5y', '7 d']) expect(() => parseSince(wrong)).toThrow('expected')
})

const noDates = [
  '2026-02-30',
  '2026-02-30T12:00',
  '2026-02-31',
  '2026-13-01',
  '2026-99-99',
  '2026-11-23 soon',
  '2025-02-29',
]

test.each([...noDates, 'yesterday', '2026', ''])('%j is no date, for --at and for --since', (value) => {
  expect(() => parseMoment(value)).toThrow('expected a date')
  expect(() => parseSince(value)).toThrow('expected')
})

test('the 29th of February is a day in a leap year', () => {
  expect(parseMoment('2028-02-29')).toBe(Date.UTC(2028, 1, 29, 12))
  expect(parseSince('2028-02-29')).toBe(new Date(2028, 1, 29).getTime())
})

test('a number of records, or all of them', () => {
  expect(recordCountOf(parseRecordCount('12'))).toBe(12)
  expect(recordCountOf(parseRecordCount('All'))).toBeUndefined()
  expect(() => parseRecordCount('some')).toThrow('or all')
})
