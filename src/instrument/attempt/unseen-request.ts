import type { RequestEnd } from '../../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import { type Attempt, type Origin, recordRequest } from '../../runtime/collector/record-request.ts'
import type { Scope } from '../../runtime/scope.ts'
import { memberOf } from '../../usage/json-value.ts'
import { countRequest } from './deduplication.ts'
import { thrownTypeOf } from './error-type.ts'
import type { FrameworkRun } from './framework-run.ts'
import { withNames } from './framework-runs.ts'
import { noteEnd } from './retry-links.ts'
import { wireState } from './wire-state.ts'

/** A request as a layer above the wire knows it. */
export interface UnseenRequest
  extends Pick<Attempt, 'model' | 'status'>,
    Partial<
      Pick<
        Attempt & Origin,
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
  const { startedAt, place = scope, url = '', provider, parameters, reportedUsd, ...facts } = request
  const { links, recorded } = wireState()
  const endedAt = monotonicSeconds()
  const durationSeconds = endedAt - startedAt
  const outgoing = {
    scope,
    url: `${url} ${request.model}`,
    body: { hash: request.bodyHash, isKnown: true },
    retryCount: 0,
  }
  const link = links.link(outgoing, startedAt)
  const hasFailed = request.errorType !== undefined || request.status < 200 || request.status >= 300
  if (hasFailed) links.failed(outgoing, link, endedAt)
  noteEnd(scope.operation, { endedAt, hasAnswer: !hasFailed })
  countRequest(scope)
  const event = recordRequest(
    scope,
    {
      ...facts,
      type: 'request-end',
      callId: link.callId,
      resendCount: link.resendCount,
      attemptLink: link.rule,
      repeatsAnswer: link.repeatsAnswer,
      startedAtMs: nowMs() - durationSeconds * 1000,
      durationSeconds,
      waitSeconds: link.waitSeconds,
      callDurationSeconds: link.resendCount > 0 ? endedAt - link.callStartedAt : undefined,
    },
    { url, provider, parameters, reportedUsd },
  )
  recorded.note(place, () => ({ responseId: event.responseId, model: event.model, endedAt }))
  return event
}

/** How a call to a model ended, as a framework tells it. */
export type LayerAnswer = Omit<UnseenRequest, 'startedAt' | 'place' | 'model'>

/** Records the call of a framework to a model, where neither the wire nor another layer has done so. */
export function recordIfUnseen(run: FrameworkRun, answer: LayerAnswer): void {
  const { frameworks, recorded } = wireState()
  const { place, startedAt, wasAlone, models = [] } = run
  const { responseId, upstreamModel } = answer
  const names = frameworks.namesOf(run)
  const known = [...models, upstreamModel, names.model?.name].filter((name) => name !== undefined)
  if (recorded.match(place, { responseId, models: known, startedAt, wasAlone })) return
  const scope = withNames(place, names)
  recordUnseen(scope, {
    ...answer,
    place,
    startedAt,
    model: scope.model?.name ?? upstreamModel ?? known[0] ?? 'unknown',
  })
}

/** What an error tells of the request that failed: the status it states, or 0 when no answer came. */
export function failedAnswer(error: unknown): LayerAnswer {
  const stated =
    memberOf(error, 'status') ?? memberOf(error, 'statusCode') ?? memberOf(memberOf(error, 'response'), 'status')
  const isStatus = typeof stated === 'number' && stated >= 400 && stated <= 999
  return { status: isStatus ? stated : 0, errorType: thrownTypeOf(error) }
}
