import type { RequestEnd } from '../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../runtime/clock.ts'
import { type Attempt, recordRequest } from '../runtime/record-request.ts'
import type { Scope } from '../runtime/scope.ts'
import { tellWitnesses } from './sightings.ts'
import { wireState } from './wire-state.ts'

/** A request as a layer above the wire knows it. */
export interface UnseenRequest
  extends Pick<Attempt, 'model' | 'status'>,
    Partial<
      Pick<
        Attempt,
        | 'upstreamModel'
        | 'url'
        | 'provider'
        | 'parameters'
        | 'errorType'
        | 'timeToFirstTokenSeconds'
        | 'isStream'
        | 'isAborted'
        | 'finishReason'
        | 'serviceTier'
        | 'responseId'
        | 'bodyHash'
        | 'usage'
        | 'rawUsage'
        | 'reportedUsd'
      >
    > {
  /** Monotonic seconds. */
  readonly startedAt: number
  /** The scope as the program set it, where that of the request has names that a framework gave. */
  readonly place?: Scope
}

/**
 * Records a request that ended just now and that the wire has not seen: a model in the process, or behind a transport
 * that nobody watches. Layers further out learn of it, so that none of them records it again.
 */
export function recordUnseen(scope: Scope, request: UnseenRequest): RequestEnd {
  const { startedAt, place = scope, url = '', ...facts } = request
  const { links, sightings } = wireState()
  const endedAt = monotonicSeconds()
  const durationSeconds = endedAt - startedAt
  const outgoing = {
    scope,
    url: `${url} ${request.model}`,
    body: { hash: request.bodyHash },
    header: () => undefined,
  }
  const link = links.link(outgoing, startedAt)
  const hasFailed = request.errorType !== undefined || request.status < 200 || request.status >= 300
  if (hasFailed) links.failed(outgoing, link, endedAt)
  if (scope.operation !== undefined) scope.operation.endedAt = endedAt
  tellWitnesses(scope)
  const event = recordRequest(scope, {
    ...facts,
    url,
    callId: link.callId,
    resendCount: link.resendCount,
    attemptLink: link.rule,
    startedAtMs: nowMs() - durationSeconds * 1000,
    durationSeconds,
    waitSeconds: link.waitSeconds,
    callDurationSeconds: link.resendCount > 0 ? endedAt - link.callStartedAt : undefined,
  })
  sightings.note(place, () => ({ responseId: event.responseId, model: event.model, endedAt }))
  return event
}
