import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDateTime,
  formatExactUsd,
  formatPercent,
  formatQuantity,
  formatRate,
  formatSeconds,
  formatShortDateTime,
  formatUsd,
} from './format-values.ts'

test.each([
  [0, '$0.00'],
  [0.0010053, '$0.0010053'],
  [1.875, '$1.875'],
  [0.1 + 0.2, '$0.30'],
  [1e-12, '$0.000000000001'],
  [1234.5, '$1,234.50'],
  [-0.25, '-$0.25'],
  [undefined, '–'],
])('%s with all its digits is %s', (usd, text) => {
  expect(formatExactUsd(usd)).toBe(text)
})

test.each([
  [0, '$0.00'],
  [12.34, '$12.34'],
  [12345.678, '$12,345.68'],
  [1, '$1.00'],
  [0.9999, '$1.00'],
  [0.5, '$0.50'],
  [0.0123, '$0.0123'],
  [0.000618, '$0.000618'],
  [0.00061834, '$0.000618'],
  [1.5e-9, '$0.0000000015'],
  [-0.25, '-$0.25'],
  [undefined, '–'],
  [Number.NaN, '–'],
])('%d USD is written %s', (usd, text) => expect(formatUsd(usd)).toBe(text))

test('an amount that is not zero never looks like zero', () => {
  const amounts = fc.double({ min: 0, minExcluded: true, max: 1e9, noNaN: true })
  fc.assert(fc.property(amounts, (usd) => Number(formatUsd(usd).replaceAll(/[$,]/g, '')) > 0))
})

test('an amount is written within half a per cent', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-11, max: 1e9, noNaN: true }), (usd) => {
      const written = Number(formatUsd(usd).replaceAll(/[$,]/g, ''))
      expect(Math.abs(written - usd)).toBeLessThanOrEqual(usd * 0.005 + 1e-15)
    }),
  )
})

test.each([
  [0, '0 ms'],
  [0.0004, '0.4 ms'],
  [0.0032, '3.2 ms'],
  [0.412, '412 ms'],
  [0.9996, '1.00 s'],
  [3.2, '3.20 s'],
  [12.34, '12.3 s'],
  [59.97, '1 min 00 s'],
  [125, '2 min 05 s'],
  [3599.7, '1 h 00 min'],
  [3720, '1 h 02 min'],
  [187_200, '2 d 04 h'],
  [null, '–'],
])('%d seconds are written %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text))

test.each([
  [1, '100%'],
  [0, '0%'],
  [0.985, '98.5%'],
  [0.9999, '99.99%'],
  [0.0004, '0.04%'],
  [1e-9, '< 0.0001%'],
  [1 - 1e-9, '> 99.9999%'],
])('a share of %d is written %s', (share, text) => expect(formatPercent(share)).toBe(text))

test('only 0 is written 0% and only 1 is written 100%', () => {
  const shares = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true })
  fc.assert(fc.property(shares, (share) => !['0%', '100%'].includes(formatPercent(share))))
})

test('a change carries its sign', () => {
  expect([0.052, -0.12, 0, 0.0001, 12.5].map(formatChange)).toEqual(['+5.2%', '-12%', '±0%', '+< 0.1%', '+1,250%'])
})

test('counts have groups, and nouns their plural', () => {
  expect(formatCount(12_345)).toBe('12,345')
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect(formatCount(undefined)).toBe('–')
  expect(formatQuantity(1, 'record')).toBe('1 record')
  expect(formatQuantity(2, 'retry', 'retries')).toBe('2 retries')
})

test('slow rates are written per minute or hour', () => {
  expect([12.34, 1, 0.5, 0.001, 0, 1234.5].map((rate) => formatRate(rate))).toEqual([
    '12.3/s',
    '1/s',
    '30/min',
    '3.6/h',
    '0/s',
    '1,235/s',
  ])
  expect(formatRate(4.2, 'records')).toBe('4.2 records/s')
})

test('sizes are written in units of 1000', () => {
  expect([512, 1234, 999_900, 123_456_789].map(formatBytes)).toEqual(['512 B', '1.2 kB', '1 MB', '123 MB'])
})

test('a timestamp is written as it was recorded, with its offset', () => {
  expect(formatDateTime('2026-11-23T18:19:07.899+01:00')).toBe('2026-11-23 18:19:07 +01:00')
  expect(formatDateTime('2025-10-30T18:19:07.899389')).toBe('2025-10-30 18:19:07')
  expect(formatDateTime('2025-10-30T18:19:07Z')).toBe('2025-10-30 18:19:07 +00:00')
  expect(formatShortDateTime('2026-11-23T18:19:07.899+01:00')).toBe('2026-11-23 18:19')
  expect(formatDateTime('\u001b[31mred')).toBe('–')
  expect(formatDateTime(null)).toBe('–')
})

test('what is less than nothing keeps its sign, and what is not known is no number in any unit', () => {
  expect([formatSeconds(-2), formatSeconds(-0.5), formatSeconds(-7200)]).toEqual(['-2.00 s', '-500 ms', '-2 h 00 min'])
  expect([formatBytes(-1_234), formatUsd(-12), formatExactUsd(0)]).toEqual(['-1.2 kB', '-$12.00', '$0.00'])
  const unknown = [formatBytes, formatCount, formatPercent, formatChange, formatRate, formatSeconds, formatUsd]
  for (const format of unknown) expect([format(undefined), format(Number.NaN), format(null)]).toEqual(['–', '–', '–'])
  const text = '5' as unknown as number
  expect([formatCount(text), formatExactUsd(text)]).toEqual(['–', '–'])
})

test.each([
  [9.994, '9.99 s'],
  [9.996, '10.0 s'],
  [59.94, '59.9 s'],
  [60, '1 min 00 s'],
  [3_600, '1 h 00 min'],
  [172_799, '2 d 00 h'],
  [172_740, '47 h 59 min'],
  [0.000_000_5, '< 0.001 ms'],
  [0.009_96, '10 ms'],
])('%d seconds are %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text))

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [99_900, '99.9 kB'],
  [100_400, '100 kB'],
  [1.5e15, '1,500 TB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes).replace(',', '')).toBe(text.replace(',', '')))
