import type { ToWorker } from '../messages.ts'
import type { WorkerChannel } from '../transport.ts'

/** What a worker hears of its coordinator, whatever carries it: words wait until somebody listens. */
export class Hearing implements Pick<WorkerChannel, 'onMessage' | 'onGone'> {
  readonly #listeners = new Set<(message: ToWorker) => void>()
  readonly #goneListeners = new Set<() => void>()
  /** What was said while the worker was still beginning. */
  #early: ToWorker[] = []
  #isGone = false

  /** Whether anybody is to be told that the coordinator is gone: without, nothing has begun. */
  get hasBegun(): boolean {
    return this.#goneListeners.size > 0
  }

  readonly onMessage = (listener: (message: ToWorker) => void): void => {
    this.#listeners.add(listener)
    for (const message of this.#early) listener(message)
    this.#early = []
  }

  readonly onGone = (listener: () => void): void => {
    this.#goneListeners.add(listener)
    if (this.#isGone) listener()
  }

  hear(message: ToWorker): void {
    if (this.#listeners.size === 0) this.#early.push(message)
    for (const listener of this.#listeners) listener(message)
  }

  /** The coordinator is gone, and does not come back. */
  gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    for (const listener of this.#goneListeners) listener()
  }
}
