import type { AmountKind, Amounts, Budget } from './budget.ts'

/** Room that is held for one request until it is settled. */
export interface Reservation {
  readonly amounts: Amounts
  /** Gives the room back; a second time does nothing. */
  readonly release: () => void
}

/** What came of asking for room. */
export type Admission =
  | { readonly type: 'reserved'; readonly reservation: Reservation }
  | { readonly type: 'refused'; readonly kind: AmountKind }

interface Waiter {
  readonly amounts: Amounts
  readonly order: number
  readonly settle: (admission: Admission) => void
}

/**
 * Who waits for room in a budget. Those with the lower order go first, and nobody overtakes: a large request would wait for
 * ever behind small ones. While anybody waits something is reserved, so that somebody will be asked again.
 */
export class Reservations {
  readonly #budget: Budget
  readonly #waiters: Waiter[] = []

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get waiting(): number {
    return this.#waiters.length
  }

  /** Asks for room; waits while there may be some later. An abort ends the wait with its reason. */
  ask(
    amounts: Amounts,
    { order = 0, signal }: { readonly order?: number; readonly signal?: AbortSignal } = {},
  ): Admission | Promise<Admission> {
    const room = this.#budget.roomFor(amounts)
    if (room.type === 'none') return { type: 'refused', kind: room.kind }
    const isFirst = this.#waiters.every((waiter) => waiter.order > order)
    if (room.type === 'free' && isFirst) return this.#reserved(amounts)
    return this.#wait({ amounts, order, signal })
  }

  /** Looks whether those who wait can go on; to be called when something was spent or given back. */
  review(): void {
    for (let index = 0; index < this.#waiters.length; ) {
      const waiter = this.#waiters[index]
      if (waiter === undefined) return
      const room = this.#budget.roomFor(waiter.amounts)
      // Those behind it may be refused, but not let in.
      if (room.type === 'wait' || (room.type === 'free' && index > 0)) {
        index += 1
        continue
      }
      this.#waiters.splice(index, 1)
      waiter.settle(room.type === 'none' ? { type: 'refused', kind: room.kind } : this.#reserved(waiter.amounts))
    }
  }

  #reserved(amounts: Amounts): Admission {
    this.#budget.reserve(amounts)
    let isHeld = true
    const release = () => {
      if (!isHeld) return
      isHeld = false
      this.#budget.release(amounts)
      this.review()
    }
    return { type: 'reserved', reservation: { amounts, release } }
  }

  #wait({
    amounts,
    order,
    signal,
  }: {
    readonly amounts: Amounts
    readonly order: number
    readonly signal: AbortSignal | undefined
  }): Promise<Admission> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        const index = this.#waiters.indexOf(waiter)
        if (index < 0) return
        this.#waiters.splice(index, 1)
        reject(signal?.reason)
        this.review()
      }
      const settle = (admission: Admission) => {
        signal?.removeEventListener('abort', leave)
        resolve(admission)
      }
      const waiter: Waiter = { amounts, order, settle }
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const at = this.#waiters.findIndex((other) => other.order > order)
      this.#waiters.splice(at < 0 ? this.#waiters.length : at, 0, waiter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }
}
