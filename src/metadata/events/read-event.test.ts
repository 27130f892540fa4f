import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { isMetadataEvent } from './read-event.ts'

const request = requestEnd()

test('an event is one when its type is known and what is counted of it is there', () => {
  expect(isMetadataEvent(request)).toBe(true)
  expect(isMetadataEvent({ type: 'dataset-open' })).toBe(true)
  expect(isMetadataEvent({ type: 'record-end', succeeded: false })).toBe(true)
  const start = { type: 'run-start', runId: 'r', session: 0, startedAtMs: 0, utcOffsetMinutes: 0 }
  const known = { ...start, context: {}, environment: {}, git: {} }
  expect(isMetadataEvent(known)).toBe(true)
  expect(isMetadataEvent({ ...known, git: null })).toBe(false)
  expect(isMetadataEvent({ ...known, git: 'main' })).toBe(false)
})

/** An event of each type, with what is counted of it and nothing else. */
const whole = [
  {
    type: 'run-start',
    runId: 'r',
    session: 0,
    startedAtMs: 0,
    utcOffsetMinutes: 0,
    context: {},
    environment: {},
    git: {},
  },
  { type: 'run-end', session: 0, status: 'complete', endedAtMs: 0, durationSeconds: 1 },
  { type: 'model-open', model: 'm' },
  { type: 'node-end', node: 'n', nodeType: 'llm', succeeded: true, durationSeconds: 1 },
  { type: 'actor-end', kind: 'agent', name: 'a' },
  { type: 'request-start', model: 'm', resendCount: 0, startedAtMs: 0 },
  { type: 'request-end', model: 'm', status: 200, resendCount: 0, startedAtMs: 0, durationSeconds: 1 },
  { type: 'record-end', succeeded: true },
  { type: 'batch-change', batch: 'b', model: 'm', state: 'sent', lines: 1, atMs: 0 },
  { type: 'cache-hit', model: 'm', slot: 's', atMs: 0 },
  { type: 'not-understood', kind: 'host', host: 'h', path: '/', atMs: 0 },
  { type: 'worker-start', worker: 'w', session: 0, startedAtMs: 0, environment: {} },
  { type: 'worker-end', worker: 'w', endedAtMs: 0, durationSeconds: 1 },
  { type: 'record-duplicate', recordId: 'r', worker: 'w', costPicodollars: 0, durationSeconds: 1 },
  { type: 'concurrency-change', provider: 'p', limit: 1, reason: 'start', atMs: 0 },
]

test.each(whole)('$type: without one of these, or with one of another kind, nothing can be counted', (event) => {
  expect(isMetadataEvent(event)).toBe(true)
  for (const name of Object.keys(event)) {
    expect(isMetadataEvent({ ...event, [name]: undefined }), name).toBe(false)
    expect(isMetadataEvent({ ...event, [name]: [] }), name).toBe(
      name === 'context' || name === 'environment' || name === 'git',
    )
    expect(isMetadataEvent({ ...event, [name]: null }), name).toBe(false)
  }
})

test.each([
  [{}],
  [{ type: 'unheard-of' }],
  [{ ...request, model: 7 }],
  [{ ...request, status: '200' }],
  [{ ...request, startedAtMs: undefined }],
  [{ type: 'record-end', succeeded: 1 }],
  [{ type: 'toString' }],
])('%j is none', (value) => {
  expect(isMetadataEvent(value)).toBe(false)
})
