import { APICallError } from '@ai-sdk/provider'
import type { RetrySettings } from './retry-settings.ts'
import { isOutOfMoney, rateLimitOf } from './server-refusal.ts'

/** What to do after an attempt failed. */
export interface RetryDecision {
  readonly shouldRetry: boolean
  /** How long to wait before the next attempt. */
  readonly waitSeconds: number
}

const never: RetryDecision = { shouldRetry: false, waitSeconds: 0 }

// Whoever was told the same time must not come back in the same moment.
const askedWaitSpread = 0.1

/**
 * Decides on a failed attempt: connection errors, timeouts, 408, 409, 425, 429, 5xx and answers that cannot be read are
 * tried again, after the time the server names, else after an exponential backoff with full jitter.
 */
export function decideRetry({
  error,
  attempt,
  settings,
  random,
  atMs,
}: {
  readonly error: unknown
  /** 1 for the first. */
  readonly attempt: number
  readonly settings: RetrySettings
  readonly random: () => number
  readonly atMs: number
}): RetryDecision {
  if (attempt >= settings.attempts) return never
  const backoff = Math.min(settings.maxWaitSeconds, settings.firstWaitSeconds * 2 ** (attempt - 1))
  const jittered = backoff * random()
  if (!APICallError.isInstance(error)) return { shouldRetry: isPassing(error), waitSeconds: jittered }
  if (!isRetryableStatus(error.statusCode) || isOutOfMoney(error)) return never
  const asked = rateLimitOf(error, atMs).retryAfterSeconds
  if (asked === undefined) return { shouldRetry: true, waitSeconds: jittered }
  if (asked > settings.maxServerWaitSeconds) return never
  return { shouldRetry: true, waitSeconds: asked * (1 + askedWaitSpread * random()) }
}

function isRetryableStatus(status: number | undefined): boolean {
  // No status: no response came. 2xx: it came and could not be read.
  if (status === undefined || (status >= 200 && status < 300)) return true
  return status === 408 || status === 409 || status === 425 || status === 429 || status >= 500
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'TimeoutError' || /fetch failed|terminated|ECONN/.test(error.message))
  )
}
