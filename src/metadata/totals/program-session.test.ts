import { expect, test } from 'vitest'
import type { RunEnd, RunStart } from '../event.ts'
import { programSession, type Session } from './program-session.ts'

const start = (startedAtMs: number, fields: Partial<RunStart> = {}): RunStart => ({
  type: 'run-start',
  runId: 'r',
  session: 0,
  startedAtMs,
  utcOffsetMinutes: 0,
  context: {},
  environment: { nodeVersion: '20', sygraVersion: '1', host: 'box', pid: 1 },
  git: {},
  ...fields,
})

/** Ended at so many milliseconds, after so many seconds. */
const end = (endedAtMs: number, durationSeconds: number, fields: Partial<RunEnd> = {}): RunEnd => ({
  type: 'run-end',
  session: 0,
  status: 'complete',
  endedAtMs,
  durationSeconds,
  ...fields,
})

function session(processes: Record<string, Session>, execs: Record<string, RunEnd> = {}) {
  return programSession({ processes: new Map(Object.entries(processes)), execs: new Map(Object.entries(execs)) })
}

test('processes are one session from the first start to the last end, for as long as one of them was there', () => {
  const { start: begun, end: ended } = session({
    w10: { start: start(9_000, { runId: 'tenth' }), end: end(12_000, 3, { records: 1 }) },
    w2: { start: start(1_000, { runId: 'second' }), end: end(5_000, 4, { records: 2 }) },
    w3: { start: start(2_000), end: end(6_000, 4) },
  })
  // The first by its number says what the run is.
  expect(begun).toMatchObject({ runId: 'second', startedAtMs: 1_000 })
  // From 1 to 6 and from 9 to 12.
  expect(ended).toEqual({
    type: 'run-end',
    session: 0,
    status: 'complete',
    reason: undefined,
    endedAtMs: 12_000,
    durationSeconds: 8,
    records: 3,
  })
})

test('it starts with the first process, whichever has the first name', () => {
  expect(session({ w1: { start: start(5_000) }, w2: { start: start(3_000) } }).start?.startedAtMs).toBe(3_000)
})

test('it has ended when all have', () => {
  expect(session({ w1: { start: start(0), end: end(1, 0) }, w2: { start: start(0) } }).end).toBeUndefined()
  expect(session({}).start).toBeUndefined()
  expect(session({ w1: { end: end(1, 0) } })).toEqual({ start: undefined })
})

test('it ended as badly as its worst process, which is named where there are several', () => {
  const failed = end(1, 1, { status: 'failed', reason: 'no key' })
  expect(session({ w1: { start: start(0), end: failed } }).end).toMatchObject({ status: 'failed', reason: 'no key' })
  const both = session({
    w1: { start: start(0), end: end(1, 1, { status: 'interrupted', reason: 'stopped' }) },
    w2: { start: start(0), end: failed },
    w3: { start: start(0), end: end(1, 1) },
  })
  expect(both.end).toMatchObject({ status: 'failed', reason: 'w2: no key' })
  const silent = session({
    w1: { start: start(0), end: end(1, 1) },
    w2: { start: start(0), end: end(1, 1, { status: 'interrupted' }) },
  })
  expect(silent.end).toMatchObject({ status: 'interrupted', reason: undefined })
})

test('whoever started the program knows how it ended, and when it began', () => {
  const exec = 'x'
  const processes = {
    w1: { start: start(2_000, { exec }), end: end(4_000, 2, { status: 'failed', reason: 'a child that may fail' }) },
  }
  // Between two processes of a program there may be none.
  expect(session(processes).end).toBeUndefined()
  const told = end(9_000, 8, { exec, status: 'complete', records: 0 })
  const { start: begun, end: ended } = session(processes, { x: told })
  expect(begun?.startedAtMs).toBe(1_000)
  expect(ended).toMatchObject({ status: 'complete', reason: undefined, endedAtMs: 9_000, durationSeconds: 8 })
  expect(session(processes, { x: { ...told, status: 'failed', reason: 'exit code 1' } }).end).toMatchObject({
    status: 'failed',
    reason: 'exit code 1',
  })
  // Where it was only taken for dead its processes say it.
  expect(session(processes, { x: { ...told, isPresumed: true } }).end).toMatchObject({
    status: 'failed',
    reason: 'a child that may fail',
    endedAtMs: 4_000,
    durationSeconds: 2,
  })
})

test('a worker thread that is gone without a word was stopped, where its process ended well', () => {
  const gone = end(3_000, 1, { status: 'interrupted', reason: 'gone', isPresumed: true })
  const thread = { start: start(0, { thread: 1 }), end: gone }
  const own = { start: start(0), end: end(5_000, 5) }
  expect(session({ w1: own, w2: thread }).end?.status).toBe('complete')
  const elsewhere = {
    ...own,
    start: start(0, { environment: { nodeVersion: '20', sygraVersion: '1', host: 'box', pid: 2 } }),
  }
  expect(session({ w1: elsewhere, w2: thread }).end?.status).toBe('interrupted')
  const other = {
    ...own,
    start: start(0, { environment: { nodeVersion: '20', sygraVersion: '1', host: 'b', pid: 1 } }),
  }
  expect(session({ w1: other, w2: thread }).end?.status).toBe('interrupted')
  expect(session({ w1: { ...own, end: gone }, w2: thread }).end?.status).toBe('interrupted')
  // Of a process whose start was lost, nobody knows where it ran.
  expect(session({ w1: { end: end(5_000, 5) }, w2: thread }).end?.status).toBe('interrupted')
  expect(session({ w1: own, w2: { ...thread, start: start(0) } }).end?.status).toBe('interrupted')
  expect(session({ w1: own, w2: { ...thread, end: { ...gone, isPresumed: undefined } } }).end?.status).toBe(
    'interrupted',
  )
})
