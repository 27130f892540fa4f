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
