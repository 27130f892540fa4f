import { setMaxListeners } from 'node:events'
import { monotonicSeconds } from '../../runtime/clock.ts'
import type { StopReason } from './run-options.ts'

export const defaultGraceSeconds = 30

// Longer timers fire at once.
const maxTimeoutMs = 2_147_483_647

interface StopOptions {
  /** Gives up at once. */
  readonly signal?: AbortSignal
  /** Stops and lets what is in work finish. */
  readonly stop?: AbortSignal
  readonly graceSeconds?: number
}

/** How a run is stopped: first no more records are taken; what is still in work when the grace is over is given up. */
export class StopControl {
  readonly #taking = new AbortController()
  readonly #work = new AbortController()
  readonly #graceSeconds: number
  readonly #unsubscribe: () => void
  #graceTimer: NodeJS.Timeout | undefined
  #timeout: NodeJS.Timeout | undefined
  #reason: StopReason | undefined
  /** Monotonic seconds at which the grace ends. */
  graceEndsAt: number | undefined

  constructor({ signal, stop, graceSeconds = defaultGraceSeconds }: StopOptions) {
    this.#graceSeconds = graceSeconds
    // Each request in flight listens; that is no leak.
    setMaxListeners(0, this.#taking.signal, this.#work.signal)
    const onSignal = () => {
      this.#reason ??= { type: 'signal', message: messageOfSignal(signal) }
      this.giveUp()
    }
    const onStop = () => this.stop({ type: 'signal', message: messageOfSignal(stop) })
    if (signal?.aborted) onSignal()
    if (stop?.aborted) onStop()
    signal?.addEventListener('abort', onSignal)
    stop?.addEventListener('abort', onStop)
    this.#unsubscribe = () => {
      signal?.removeEventListener('abort', onSignal)
      stop?.removeEventListener('abort', onStop)
    }
  }

  /** Aborted when no more records are to be taken. */
  get taking(): AbortSignal {
    return this.#taking.signal
  }

  /** Aborted when what is in work is to be given up. */
  get work(): AbortSignal {
    return this.#work.signal
  }

  /** Why the run was stopped; undefined while it goes on. */
  get reason(): StopReason | undefined {
    return this.#reason
  }

  /** Stops taking records; the first reason counts. */
  stop(reason: StopReason): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.graceEndsAt = monotonicSeconds() + this.#graceSeconds
    this.#graceTimer = setTimeout(() => this.giveUp(), this.#graceSeconds * 1000)
    this.#taking.abort()
  }

  /** Stops with that reason after so many seconds. */
  stopAfter(seconds: number, reason: StopReason): void {
    this.#timeout = setTimeout(() => this.stop(reason), Math.min(maxTimeoutMs, seconds * 1000))
  }

  /** Gives up what is in work. */
  giveUp(): void {
    this.#taking.abort()
    this.#work.abort()
  }

  /** Forgets the signals and the timers. */
  dispose(): void {
    clearTimeout(this.#graceTimer)
    clearTimeout(this.#timeout)
    this.#unsubscribe()
  }
}

function messageOfSignal(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason
  return typeof reason === 'string' ? reason : 'it was asked to stop'
}
