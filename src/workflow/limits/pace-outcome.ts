import { readRateLimit } from '../../usage/index.ts'
import type { AttemptOutcome } from '../models/request-gate.ts'
import { isLastingRefusal, isTooMuch, rateLimitOf } from '../models/server-refusal.ts'
import type { PaceOutcome } from './pace.ts'

export interface PaceReading {
  readonly atMs: number
  /** Nobody is held up for longer than a call would wait itself. */
  readonly maxPauseSeconds: number
}

/** What an attempt says of the pace of the next ones. */
export function paceOutcomeOf(outcome: AttemptOutcome, reading: PaceReading): PaceOutcome {
  if (outcome.type === 'answer') {
    return { type: 'answer', pauseSeconds: pauseUntilReset(outcome.result.response?.headers, reading) }
  }
  const { error } = outcome
  if (isLastingRefusal(error)) return { type: 'other' }
  const asked = rateLimitOf(error, reading.atMs).retryAfterSeconds
  const pauseSeconds = asked === undefined || asked > reading.maxPauseSeconds ? undefined : asked
  return { type: isTooMuch(error) ? 'rate-limit' : 'other', pauseSeconds }
}

// An answer may say that it was the last for now.
function pauseUntilReset(
  headers: Readonly<Record<string, string>> | undefined,
  { atMs, maxPauseSeconds }: PaceReading,
): number | undefined {
  if (headers === undefined) return undefined
  const limit = readRateLimit(new Headers(headers), atMs)
  const requests = limit.remainingRequests === 0 ? (limit.resetRequestsSeconds ?? 0) : 0
  const tokens = limit.remainingTokens === 0 ? (limit.resetTokensSeconds ?? 0) : 0
  const pause = Math.max(requests, tokens)
  return pause > 0 && pause <= maxPauseSeconds ? pause : undefined
}
