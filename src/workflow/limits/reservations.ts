import { AbortWatch } from '../abort-watch.ts'
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
  readonly #aborts = new AbortWatch()

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
    // Those who wait stand in their order.
    const [first] = this.#waiters
    const isFirst = first === undefined || first.order > order
    if (room.type === 'free' && isFirst) return this.#reserved(amounts)
    return this.#wait({ amounts, order, signal })
  }

  /** Takes room whether there is some or not, for what is in flight already. */
  hold(amounts: Amounts): Extract<Admission, { type: 'reserved' }> {
    return this.#reserved(amounts)
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

  #reserved(amounts: Amounts): Extract<Admission, { type: 'reserved' }> {
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
        forget()
        resolve(admission)
      }
      const waiter: Waiter = { amounts, order, settle }
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      // Whoever comes last has nearly always to stand last.
      const before = this.#waiters.findLastIndex((other) => other.order <= order)
      this.#waiters.splice(before + 1, 0, waiter)
      const forget = this.#aborts.add(signal, leave)
    })
  }
}
