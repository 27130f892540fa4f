import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { type RequestEnd, succeeded } from '../../metadata/event.ts'
import { BusyTotals, busyMoney } from '../../metadata/totals/busy-totals.ts'
import { totalTokensOf } from '../../metadata/usage.ts'

/** What requests use up. */
export interface Amounts {
  readonly picodollars: number
  readonly requests: number
  readonly tokens: number
}

/** What is limited; a kind that is left out is not. */
export type AmountLimits = { readonly [Kind in AmountKind]?: number | undefined }

export type AmountKind = keyof Amounts

/** Whether there is room for an amount: now, later perhaps, or never. */
export type Room = { readonly type: 'free' } | { readonly type: 'wait' } | { readonly type: 'none'; kind: AmountKind }

const kinds = ['picodollars', 'requests', 'tokens'] as const

export const nothing: Amounts = { picodollars: 0, requests: 0, tokens: 0 }

/**
 * What a run has spent, and what it has reserved for requests in flight. As long as each request costs no more than was
 * reserved for it, what is spent never passes the limits: together the two stay within them.
 */
export class Budget {
  readonly #limits: AmountLimits
  #spent = nothing
  #reserved = nothing
  #reservations = 0

  constructor(limits: AmountLimits, spent = nothing) {
    this.#limits = limits
    this.#spent = spent
  }

  get spent(): Amounts {
    return this.#spent
  }

  get reserved(): Amounts {
    return this.#reserved
  }

  /** Room for an amount. What was spent does not come back, so what does not fit beside it alone never will. */
  roomFor(amounts: Amounts): Room {
    let waits = false
    for (const kind of kinds) {
      const limit = this.#limits[kind]
      if (limit === undefined) continue
      if (this.#spent[kind] + amounts[kind] > limit) return { type: 'none', kind }
      if (this.#spent[kind] + this.#reserved[kind] + amounts[kind] > limit) waits = true
    }
    return waits ? { type: 'wait' } : { type: 'free' }
  }

  /** Whether an amount fits beside what was spent, whatever is reserved. */
  hasBesideSpent(amounts: Amounts): boolean {
    return kinds.every((kind) => this.#spent[kind] + amounts[kind] <= (this.#limits[kind] ?? Number.POSITIVE_INFINITY))
  }

  /** The kind of which nothing is left; undefined while there is some of each. A limit of no cost leaves what is free. */
  exhausted(): AmountKind | undefined {
    return kinds.find((kind) => {
      const limit = this.#limits[kind]
      if (limit === undefined) return false
      return kind === 'picodollars' && limit === 0 ? this.#spent[kind] > 0 : this.#spent[kind] >= limit
    })
  }

  /** The kind of which more was spent than allowed. */
  overdrawn(): AmountKind | undefined {
    return kinds.find((kind) => this.#spent[kind] > (this.#limits[kind] ?? Number.POSITIVE_INFINITY))
  }

  reserve(amounts: Amounts): void {
    this.#reservations += 1
    this.#reserved = sumOf(this.#reserved, amounts)
  }

  release(amounts: Amounts): void {
    this.#reservations -= 1
    // What rounding leaves behind in large sums must not stay.
    this.#reserved = this.#reservations === 0 ? nothing : sumOf(this.#reserved, amounts, -1)
  }

  spend(amounts: Amounts): void {
    this.#spent = sumOf(this.#spent, amounts)
  }
}

/** Two amounts together; with the sign -1 the first without the second. */
export function sumOf(a: Amounts, b: Amounts, sign: 1 | -1 = 1): Amounts {
  return {
    picodollars: a.picodollars + sign * b.picodollars,
    requests: a.requests + sign * b.requests,
    tokens: a.tokens + sign * b.tokens,
  }
}

/** What requests have used up, told from their events. */
export class Spending {
  readonly #busy = new BusyTotals()
  #busyPicodollars = 0

  /**
   * What the end of a request adds. An answer of which the cost or the tokens are not known counts as what was reserved for
   * it, where something was.
   */
  add(request: RequestEnd, reserved: Amounts | undefined): Amounts {
    const hasAnswer = succeeded(request)
    const { cost } = request
    const isUnknown = hasAnswer && (cost === undefined || cost.status === 'unpriced')
    const picodollars = isUnknown ? (reserved?.picodollars ?? 0) : (cost?.picodollars ?? 0)
    const usage = request.usage ?? request.estimatedUsage
    const tokens = usage === undefined ? (hasAnswer ? (reserved?.tokens ?? 0) : 0) : totalTokensOf(usage)
    return { picodollars: picodollars + this.#addBusyTime(request), requests: 1, tokens }
  }

  /** What the machines that are paid by the hour cost more since the last time. */
  #addBusyTime(request: RequestEnd): number {
    if (request.cost?.hourly === undefined) return 0
    this.#busy.add(request)
    let total = 0
    for (const { hourly, time } of this.#busy.all()) {
      const { dollars, picodollars } = busyMoney(time.microseconds(), hourly.usdPerHour)
      total += dollars * picodollarsPerUsd + picodollars
    }
    const more = total - this.#busyPicodollars
    this.#busyPicodollars = total
    return more
  }
}
