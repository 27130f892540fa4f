import { isRunStopped, messageOf } from '../errors.ts'
import { type PricePlace, priceQueryOf } from '../workflow/limits/model-prices.ts'
import type { Leave, RunGuard } from '../workflow/limits/run-guard.ts'
import type { ModelClient } from '../workflow/models/model-call.ts'
import type { AskMessage, FromWorker, ToWorker } from './messages.ts'

interface AskDeskOptions {
  readonly guard: RunGuard
  readonly clients: readonly ModelClient[]
  readonly price: PricePlace
  readonly tell: (message: ToWorker) => void
}

/** An attempt that a worker has asked for: waiting, or granted and not ended. */
interface Asked {
  readonly model: string
  readonly wait: AbortController
  leave: Leave | undefined
}

/** What is reported of an attempt that was let in and never sent. */
const neverSent: Parameters<Leave>[0] = { hasFailed: false, isOutOfMoney: false, concurrency: { type: 'other' } }

/** Where one worker asks for its attempts: they go through the guard of the run, as those of all others do. */
export class AskDesk {
  readonly #options: AskDeskOptions
  readonly #asked = new Map<number, Asked>()
  #isClosed = false

  constructor(options: AskDeskOptions) {
    this.#options = options
  }

  hear(message: Extract<FromWorker, { type: 'ask' | 'forget' | 'leave' }>): void {
    const { number } = message
    if (message.type === 'ask') {
      void this.#admit(message)
      return
    }
    const asked = this.#asked.get(number)
    this.#asked.delete(number)
    if (asked === undefined) return
    if (message.type === 'forget') {
      asked.wait.abort()
      // It was let in while it gave up waiting, and was never sent.
      asked.leave?.(neverSent)
      return
    }
    const { guard, tell } = this.#options
    const stopped = asked.leave?.(message.report)
    if (message.report.hasFailed) tell({ type: 'left', number, stopped, isSuspected: guard.suspects(asked.model) })
  }

  /** The worker is gone: what it had sent may have been charged. */
  close(): void {
    this.#isClosed = true
    for (const { wait, leave } of this.#asked.values()) {
      wait.abort()
      leave?.('lost')
    }
    this.#asked.clear()
  }

  async #admit({ number, ask, place, url }: AskMessage): Promise<void> {
    const { guard, tell } = this.#options
    const asked: Asked = { model: ask.model, wait: new AbortController(), leave: undefined }
    this.#asked.set(number, asked)
    try {
      const leave = await guard.admit(ask, {
        place,
        priceQuery: this.#priceQuery(ask.model, url),
        signal: asked.wait.signal,
      })
      asked.leave = leave
      if (this.#isClosed || !this.#asked.has(number)) leave(neverSent)
      else tell({ type: 'granted', number })
    } catch (error) {
      this.#asked.delete(number)
      if (isRunStopped(error)) tell({ type: 'refused', number, message: messageOf(error) })
    }
  }

  #priceQuery(model: string, url: string | undefined) {
    const { clients, price } = this.#options
    const client = clients.find(({ identity }) => identity.name === model)
    // Both have loaded the same task, so it is there; without it the name alone decides the price.
    if (client === undefined) return { model, isSimulated: price.isSimulated || undefined, prices: price.prices }
    return priceQueryOf(client, { ...price, url })
  }
}
