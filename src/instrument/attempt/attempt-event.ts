import type { Attempt } from '../../runtime/collector/record-request.ts'
import type { AnswerFacts } from '../../usage/index.ts'
import type { ModelRequest } from './request-body.ts'
import type { RetryLink } from './retry-links.ts'
import type { TracePlace } from './trace-place.ts'

/** What was seen of an attempt beside what request and answer say of themselves. */
interface SeenAttempt {
  /** 0 where no headers came. */
  readonly status: number
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  /** The same in monotonic seconds, as are the times below. */
  readonly startedAt: number
  readonly firstTokenAt: number | undefined
  /** The ledger has a line that it is about to be sent. */
  readonly isAnnounced: boolean
  readonly trace: TracePlace
}

/** An end as it was settled: with the error that the facts may hold. */
export interface KnownEnd {
  readonly facts: AnswerFacts
  readonly link: RetryLink
  readonly error: string | undefined
  /** The reader went away before the end. */
  readonly isAborted: boolean | undefined
  /** Monotonic seconds. */
  readonly endedAt: number
  readonly isDeferred?: boolean
}

/** What the wire calls the model: as it was asked for, else as it answered. */
export function wireModelOf({ facts: asked }: ModelRequest, facts: AnswerFacts): string {
  return asked.model ?? facts.model ?? 'unknown'
}

/** An attempt that has ended, as an event without what its scope knows. */
export function attemptEvent(
  request: ModelRequest,
  { status, startedAtMs, startedAt, firstTokenAt, isAnnounced, trace }: SeenAttempt,
  { facts, link, error, isAborted, endedAt, isDeferred }: KnownEnd,
): Attempt {
  const { body, facts: asked } = request
  const { callId, resendCount, rule, waitSeconds, callStartedAt, repeatsAnswer } = link
  // An error within a stream ends it as a cut does: what had been used by then is not told.
  const isBrokenOff = error === 'stream_cut' || (error !== undefined && facts.isComplete === false)
  const isExact = facts.usage !== undefined && isAborted !== true && !isBrokenOff
  return {
    type: 'request-end',
    callId,
    model: wireModelOf(request, facts),
    upstreamModel: facts.model,
    status,
    errorType: error,
    resendCount,
    attemptLink: rule,
    repeatsAnswer,
    startedAtMs,
    durationSeconds: endedAt - startedAt,
    waitSeconds,
    callDurationSeconds: resendCount > 0 ? endedAt - callStartedAt : undefined,
    timeToFirstTokenSeconds: firstTokenAt === undefined ? undefined : firstTokenAt - startedAt,
    isStream: asked.isStream || undefined,
    operation: asked.operation,
    isAborted: isAborted || undefined,
    finishReason: facts.finishReason,
    serviceTier: facts.serviceTier,
    inferenceGeo: facts.inferenceGeo,
    isGatewayCacheHit: facts.isGatewayCacheHit,
    isDeferred,
    responseId: facts.responseId,
    bodyHash: body.hash,
    prefixHashes: body.prefixes,
    usage: isExact ? facts.usage : undefined,
    estimatedUsage: isExact ? undefined : seenUsageOf(facts),
    rawUsage: facts.rawUsage,
    isAnnounced: isAnnounced || undefined,
    traceparent: trace.within,
    spanId: trace.spanId,
  }
}

/** What was seen of an answer that was cut, as a lower bound. */
function seenUsageOf({ usage, outputChunks }: AnswerFacts): Attempt['estimatedUsage'] {
  if (usage === undefined && !outputChunks) return undefined
  // Each chunk of a stream holds at least one token.
  const output = Math.max(usage?.output ?? 0, outputChunks ?? 0)
  return { ...usage, output }
}
