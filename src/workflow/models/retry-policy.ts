import { APICallError } from '@ai-sdk/provider'
import { type RateLimit, readRateLimit, readRetryInfo } from '../../usage/index.ts'
import type { ModelEntry } from './models-config.ts'

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

/** How often and how patiently a call is tried again. */
export interface RetrySettings {
  /** Attempts for one call, the first included. */
  readonly attempts: number
  /** Before every attempt, the first included. */
  readonly delaySeconds: number
  /** Upper end of the first wait; it doubles with each attempt. */
  readonly firstWaitSeconds: number
  readonly maxWaitSeconds: number
  /** A server that asks for more patience than this is not waited for. */
  readonly maxServerWaitSeconds: number
}

export const defaultRetrySettings: RetrySettings = {
  attempts: 6,
  delaySeconds: 0,
  firstWaitSeconds: 0.5,
  maxWaitSeconds: 30,
  maxServerWaitSeconds: 120,
}

type RetryKeys = Pick<
  ModelEntry,
  | 'retry_attempts'
  | 'max_retries'
  | 'delay'
  | 'retry_first_wait_seconds'
  | 'retry_max_wait_seconds'
  | 'retry_max_server_wait_seconds'
>

/** The settings of an entry of `models.yaml`, in which the Python system's names hold too. */
export function retrySettingsOf(entry: RetryKeys): RetrySettings {
  const standard = defaultRetrySettings
  // The Python system's clients retry `max_retries` times by themselves; here there is one count for a call.
  const fromRetries = entry.max_retries === undefined ? undefined : entry.max_retries + 1
  return {
    attempts: entry.retry_attempts ?? fromRetries ?? standard.attempts,
    delaySeconds: entry.delay === undefined ? standard.delaySeconds : entry.delay / 1000,
    firstWaitSeconds: entry.retry_first_wait_seconds ?? standard.firstWaitSeconds,
    maxWaitSeconds: entry.retry_max_wait_seconds ?? standard.maxWaitSeconds,
    maxServerWaitSeconds: entry.retry_max_server_wait_seconds ?? standard.maxServerWaitSeconds,
  }
}

/** What a server says of its limits with a failed attempt: in headers, or in Google's case in the body. */
export function rateLimitOf(error: unknown, atMs: number): RateLimit {
  if (!APICallError.isInstance(error)) return {}
  const limit = readRateLimit(new Headers(error.responseHeaders), atMs)
  if (limit.retryAfterSeconds !== undefined) return limit
  const retryAfterSeconds = readRetryInfo(parsed(error.responseBody))
  return retryAfterSeconds === undefined ? limit : { ...limit, retryAfterSeconds }
}

/** True for a refusal that waiting does not mend: a wrong key, no such model, no money left. */
export function isLastingRefusal(error: unknown): boolean {
  if (!APICallError.isInstance(error)) return false
  const { statusCode } = error
  return statusCode === 401 || statusCode === 402 || statusCode === 403 || statusCode === 404 || isOutOfMoney(error)
}

/** True for a refusal because of the rate of requests or the load: 429, and Anthropic's 529. */
export function isTooMuch(error: unknown): boolean {
  return APICallError.isInstance(error) && (error.statusCode === 429 || error.statusCode === 529)
}

/** OpenAI answers 429 when the account has no money left, as it does to requests that come too fast. */
export function isOutOfMoney(error: unknown): boolean {
  return APICallError.isInstance(error) && /"insufficient_quota"/.test(error.responseBody ?? '')
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
