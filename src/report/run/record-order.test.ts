import { expect, test } from 'vitest'
import { isOfKind, type OrderedRecord, recordKinds, recordSorts, weightOf } from './record-order.ts'

const record: OrderedRecord = {
  requests: 5,
  retries: 2,
  failedAttempts: 3,
  truncated: 1,
  succeeded: false,
  durationSeconds: 7,
}
const plain: OrderedRecord = { requests: 1, retries: 0, failedAttempts: 0, truncated: 0 }

test('records are failed, retried or truncated', () => {
  expect(recordKinds.map((kind) => isOfKind(record, kind))).toEqual([true, true, true, true])
  expect(recordKinds.map((kind) => isOfKind(plain, kind))).toEqual([true, false, false, false])
  expect(isOfKind({ ...plain, succeeded: true }, 'failed')).toBe(false)
})

test('they are sorted by what each came to; one that has not ended took no time yet', () => {
  // cost, time, requests, retries, attempts that failed, order
  expect(recordSorts.map((sort) => weightOf(record, sort, 0.5))).toEqual([0.5, 7, 5, 2, 3, 0])
  expect(weightOf(plain, 'time', 0.5)).toBe(-1)
})
