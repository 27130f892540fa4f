import { BusyTotals, busyMoney } from '../../metadata/busy-totals.ts'
import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { type RequestEnd, succeeded } from '../../metadata/event.ts'
import { totalTokensOf } from '../../metadata/usage.ts'
import type { Amounts } from './budget.ts'

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
