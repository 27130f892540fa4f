import type { MetadataEvent } from '../../metadata/event.ts'

/** The id of a call in a run of several processes, each of which counts its own. */
export function callIdOfWorker(callId: string, worker: string): string {
  return `${worker}-${callId}`
}

/** An event as one of a worker: who did it is a part of it. */
export function eventOfWorker(event: MetadataEvent, worker: string): MetadataEvent {
  // Whoever made it has said so.
  if ('worker' in event && event.worker !== undefined) return event
  switch (event.type) {
    case 'request-start':
    case 'request-end':
      return event.callId === undefined
        ? { ...event, worker }
        : { ...event, worker, callId: callIdOfWorker(event.callId, worker) }
    case 'cache-hit':
    case 'node-end':
    case 'record-end':
      return { ...event, worker }
    default:
      return event
  }
}
