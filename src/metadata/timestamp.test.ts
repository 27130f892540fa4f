import { expect, test } from 'vitest'
import { fileTimestamp, isoTimestamp } from './timestamp.ts'

const atMs = Date.UTC(2026, 10, 23, 17, 9, 7, 89)

test.each([
  [0, '2026-11-23T17:09:07.089+00:00', '2026-11-23_17-09-07'],
  [60, '2026-11-23T18:09:07.089+01:00', '2026-11-23_18-09-07'],
  [-570, '2026-11-23T07:39:07.089-09:30', '2026-11-23_07-39-07'],
  [765, '2026-11-24T05:54:07.089+12:45', '2026-11-24_05-54-07'],
])('at an offset of %i minutes a moment is written in local time', (offset, iso, file) => {
  expect([isoTimestamp(atMs, offset), fileTimestamp(atMs, offset)]).toEqual([iso, file])
})
