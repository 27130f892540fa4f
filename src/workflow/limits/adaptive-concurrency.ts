import type { ConcurrencyChange } from '../../metadata/event.ts'
import { readRateLimit } from '../../usage/index.ts'
import type { AttemptOutcome } from '../models/model-call.ts'
import { isLastingRefusal, isTooMuch, rateLimitOf } from '../models/retry-policy.ts'

export interface AdaptiveConcurrencyOptions {
  /** Most requests at once, ever. */
  readonly most: number
  readonly nowSeconds: () => number
  /** Calls a function after so many seconds; gives what takes that back. */
  readonly schedule: (seconds: number, run: () => void) => () => void
  readonly onChange: (limit: number, reason: ConcurrencyChange['reason']) => void
}

/** How an attempt went, as far as the number of the next ones depends on it. */
export interface ConcurrencyOutcome {
  readonly type: 'answer' | 'rate-limit' | 'other'
  /** The provider wants nothing before so many seconds have passed. */
  readonly pauseSeconds?: number
}

/** A volley of requests is refused as one: what comes back within this time after a cut is no reason for another. */
const cooldownSeconds = 2
// One more for each round of requests; for wide limits sooner, or they would not come back within a run.
const mostAnswersForGrowth = 20

interface Waiter {
  readonly enter: () => void
}

/**
 * How many requests may be in flight to one provider with one key: one more after each round of answers, half as many
 * when a request is refused for its rate. While a provider asks for a pause nothing is sent.
 */
export class AdaptiveConcurrency {
  readonly #options: AdaptiveConcurrencyOptions
  readonly #waiters: Waiter[] = []
  #most: number
  #limit: number
  #running = 0
  #answers = 0
  #pausedUntil = Number.NEGATIVE_INFINITY
  #cooledAt = Number.NEGATIVE_INFINITY
  #cancelWake: (() => void) | undefined

  constructor(options: AdaptiveConcurrencyOptions) {
    this.#options = options
    this.#most = options.most
    this.#limit = options.most
  }

  get limit(): number {
    return this.#limit
  }

  get running(): number {
    return this.#running
  }

  /** Changes how many there may be at most; a limit that no refusal has lowered goes along. */
  setMost(most: number): void {
    const isLowered = this.#limit < this.#most
    this.#most = most
    const limit = isLowered ? Math.min(this.#limit, most) : most
    if (limit !== this.#limit) {
      this.#limit = limit
      this.#options.onChange(limit, 'workers')
    }
    this.#admit()
  }

  /** Waits for a place; an abort ends the wait with its reason. */
  async enter(signal?: AbortSignal): Promise<void> {
    if (this.#waiters.length === 0 && this.#hasPlace()) {
      this.#running += 1
      return
    }
    signal?.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        enter: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
      }
      this.#waiters.push(waiter)
      signal?.addEventListener('abort', leave, { once: true })
      this.#admit()
    })
  }

  /** Gives the place back, after an attempt or without one. */
  leave(outcome: ConcurrencyOutcome = { type: 'other' }): void {
    const { nowSeconds, onChange } = this.#options
    const now = nowSeconds()
    if (outcome.pauseSeconds !== undefined) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + outcome.pauseSeconds)
    }
    if (outcome.type === 'rate-limit' && now >= this.#cooledAt) this.#cut(now)
    if (outcome.type === 'answer' && now >= this.#cooledAt && this.#limit < this.#most) {
      this.#answers += 1
      if (this.#answers >= Math.min(this.#limit, mostAnswersForGrowth)) {
        this.#answers = 0
        this.#limit += 1
        onChange(this.#limit, 'growth')
      }
    }
    this.#running -= 1
    this.#admit()
  }

  #cut(now: number): void {
    // With few in flight the limit says nothing: half of what was too much is right.
    const half = Math.max(1, Math.ceil(Math.min(this.#limit, this.#running) / 2))
    this.#cooledAt = Math.max(now + cooldownSeconds, this.#pausedUntil)
    this.#answers = 0
    if (half === this.#limit) return
    this.#limit = half
    this.#options.onChange(half, 'rate-limit')
  }

  #hasPlace(): boolean {
    return this.#running < this.#limit && this.#options.nowSeconds() >= this.#pausedUntil
  }

  #admit(): void {
    this.#cancelWake?.()
    this.#cancelWake = undefined
    while (this.#waiters.length > 0 && this.#hasPlace()) {
      this.#running += 1
      this.#waiters.shift()?.enter()
    }
    const pause = this.#pausedUntil - this.#options.nowSeconds()
    if (this.#waiters.length > 0 && pause > 0) this.#cancelWake = this.#options.schedule(pause, () => this.#admit())
  }
}

export interface OutcomeReading {
  readonly atMs: number
  /** Nobody is held up for longer than a call would wait itself. */
  readonly maxPauseSeconds: number
}

/** What an attempt says of how many may follow. */
export function concurrencyOutcomeOf(outcome: AttemptOutcome, reading: OutcomeReading): ConcurrencyOutcome {
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
  { atMs, maxPauseSeconds }: OutcomeReading,
): number | undefined {
  if (headers === undefined) return undefined
  const limit = readRateLimit(new Headers(headers), atMs)
  const requests = limit.remainingRequests === 0 ? (limit.resetRequestsSeconds ?? 0) : 0
  const tokens = limit.remainingTokens === 0 ? (limit.resetTokensSeconds ?? 0) : 0
  const pause = Math.max(requests, tokens)
  return pause > 0 && pause <= maxPauseSeconds ? pause : undefined
}
