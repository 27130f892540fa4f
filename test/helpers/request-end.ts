import type { RequestEnd } from '../../src/metadata/event.ts'

/** A request that was answered, by a model `m` and within a second but for what is said otherwise. */
export function requestEnd(fields: Partial<RequestEnd> = {}): RequestEnd {
  return {
    type: 'request-end',
    model: 'm',
    status: 200,
    resendCount: 0,
    startedAtMs: 0,
    durationSeconds: 1,
    ...fields,
  }
}
