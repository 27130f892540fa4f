import type { ModelEntry } from './models-config.ts'

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
