import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RequestEnd } from '../../metadata/event.ts'
import { RequestTable } from './request-table.ts'
import { timelineOf } from './timeline.ts'

const request = fc.record({
  startedAtMs: fc.integer({ min: 0, max: 10_000 }),
  durationSeconds: fc.integer({ min: 0, max: 4_000 }).map((milliseconds) => milliseconds / 1000),
  status: fc.constantFrom(200, 429, 500, 0),
})

function tableOf(requests: readonly Pick<RequestEnd, 'startedAtMs' | 'durationSeconds' | 'status'>[]): RequestTable {
  const table = new RequestTable()
  for (const each of requests) table.add({ type: 'request-end', model: 'm', resendCount: 0, ...each }, -1)
  return table
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

test('over the whole time every request ends once, and the time in flight adds up', () => {
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      (requests, spans) => {
        const table = tableOf(requests)
        const timeline = timelineOf(
          { requests: table, recordIds: [], weight: 1 },
          { fromMs: -1, toMs: table.lastMs + 1, spans },
        )
        const { answered, limited, failed, inFlight, spanMs } = timeline
        expect(sum(answered)).toBe(requests.filter(({ status }) => status === 200).length)
        expect(sum(limited)).toBe(requests.filter(({ status }) => status === 429).length)
        expect(sum(failed)).toBe(requests.filter(({ status }) => status === 500 || status === 0).length)
        const seconds = sum(requests.map(({ durationSeconds }) => durationSeconds))
        expect((sum(inFlight) * spanMs) / 1000).toBeCloseTo(seconds, 3)
        expect(timeline.requests).toHaveLength(requests.length)
      },
    ),
  )
})

test('from the start of the first request to the end of the last none is lost, however its times are rounded', () => {
  const measured = fc.record({
    startedAtMs: fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true }),
    durationSeconds: fc.double({ min: 0, max: 4_000, noNaN: true }),
    status: fc.constant(200),
  })
  fc.assert(
    fc.property(
      fc.array(measured, { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 1, max: 500 }),
      (requests, spans) => {
        const table = tableOf(requests)
        fc.pre(table.lastMs > table.firstMs)
        const window = { fromMs: table.firstMs, toMs: table.lastMs, spans }
        expect(sum(timelineOf({ requests: table, recordIds: [], weight: 1 }, window).answered)).toBe(requests.length)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('the time in flight of two halves is that of the whole', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 30 }), (requests) => {
      const input = { requests: tableOf(requests), recordIds: [], weight: 1 }
      const timeIn = (fromMs: number, toMs: number) => {
        const { inFlight, spanMs } = timelineOf(input, { fromMs, toMs, spans: 8 })
        return sum(inFlight) * spanMs
      }
      expect(timeIn(0, 7_000) + timeIn(7_000, 16_000)).toBeCloseTo(timeIn(0, 16_000), 3)
    }),
  )
})

test('a request of a sample stands for several', () => {
  const requests = tableOf([{ startedAtMs: 0, durationSeconds: 1, status: 200 }])
  const timeline = timelineOf({ requests, recordIds: [], weight: 40 }, { fromMs: 0, toMs: 2000, spans: 2 })
  expect(sum(timeline.answered)).toBe(40)
  expect(timeline.inFlight).toEqual([40, 0])
  expect(timeline.requests).toBeUndefined()
})

test('a call that waits to repeat a request is waiting', () => {
  const table = new RequestTable()
  const common = { type: 'request-end', model: 'm', durationSeconds: 1 } as const
  table.add({ ...common, status: 429, resendCount: 0, startedAtMs: 0 }, -1)
  table.add({ ...common, status: 200, resendCount: 1, startedAtMs: 3_000, waitSeconds: 2 }, -1)
  const { waiting } = timelineOf({ requests: table, recordIds: [], weight: 1 }, { fromMs: 0, toMs: 4000, spans: 4 })
  expect(waiting).toEqual([0, 1, 1, 0])
})
