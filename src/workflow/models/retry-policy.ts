import { APICallError } from '@ai-sdk/provider'
import { readRateLimit } from '../../usage/index.ts'

/** What to do after an attempt failed. */
export interface RetryDecision {
  readonly shouldRetry: boolean
  /** How long to wait before the next attempt. */
  readonly waitSeconds: number
}

const firstWaitSeconds = 0.5
const maxWaitSeconds = 30
// A server may ask for more patience than a run has; then the call fails with its message.
const maxServerWaitSeconds = 120

/**
 * Decides on a failed attempt: connection errors, timeouts, 408, 409, 429, 5xx and answers that cannot be read are tried
 * again, after the time the server names, else after an exponential backoff with full jitter.
 */
export function decideRetry({
  error,
  attempt,
  random,
  atMs,
}: {
  readonly error: unknown
  /** 1 for the first. */
  readonly attempt: number
  readonly random: () => number
  readonly atMs: number
}): RetryDecision {
  const backoff = Math.min(maxWaitSeconds, firstWaitSeconds * 2 ** (attempt - 1))
  const jittered = backoff * (0.5 + random() / 2)
  if (!APICallError.isInstance(error)) return { shouldRetry: isPassing(error), waitSeconds: jittered }
  const asked = error.responseHeaders && readRateLimit(new Headers(error.responseHeaders), atMs).retryAfterSeconds
  if (asked !== undefined && asked > maxServerWaitSeconds) return { shouldRetry: false, waitSeconds: 0 }
  return { shouldRetry: isRetryableStatus(error.statusCode), waitSeconds: asked ?? jittered }
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
