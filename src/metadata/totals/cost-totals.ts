import {
  addMoney,
  type CostStatus,
  countedStatus,
  isLowerBound,
  mergeMoney,
  noMoney,
  type RequestCost,
  usdOf,
} from '../cost.ts'
import { countInto, mergeCounts } from '../statistics/counts.ts'
import { type BusyEntry, busyMoney } from './busy-totals.ts'
import { ReceiptTotals } from './receipt-totals.ts'

/** Cost of many requests. What a rehearsal would have cost is never added to money spent. */
export class CostTotals {
  readonly spent = noMoney()
  readonly simulated = noMoney()
  readonly requestsByStatus: Record<CostStatus, number> = {
    priced: 0,
    partial: 0,
    unpriced: 0,
    free: 0,
    reported: 0,
    simulated: 0,
  }
  readonly receipts = new ReceiptTotals()
  /** Why a cost, or a part of it, is not known; requests by reason. */
  readonly unknownReasons = new Map<string, number>()
  /** Requests of a rehearsal whose model has no price, and those of which a part has none. */
  unpricedRehearsals = 0
  partialRehearsals = 0

  add(cost: RequestCost): void {
    this.requestsByStatus[countedStatus(cost)] += 1
    addMoney(cost.status === 'simulated' ? this.simulated : this.spent, cost.picodollars)
    this.receipts.add(cost)
    if (isLowerBound(cost)) this.#addLowerBound(cost)
  }

  /** These costs with what machines cost while they were busy. */
  withBusyTime(entries: readonly BusyEntry[]): CostTotals {
    if (entries.length === 0) return this
    const sum = new CostTotals()
    sum.merge(this)
    for (const { hourly, isSimulated, time } of entries) {
      const busy = { microseconds: time.microseconds(), usdPerHour: hourly.usdPerHour }
      const total = busyMoney(busy.microseconds, hourly.usdPerHour)
      mergeMoney(isSimulated ? sum.simulated : sum.spent, total)
      const status = isSimulated ? 'simulated' : 'priced'
      sum.receipts.addWhole({ price: hourly.price, status, requests: time.requests, total, lines: new Map(), busy })
    }
    return sum
  }

  /** Counts an answer whose cost nobody knows. */
  addUnknown(): void {
    this.requestsByStatus.unpriced += 1
    countInto(this.unknownReasons, 'no cost was recorded')
  }

  #addLowerBound({ reason, rehearsedStatus }: RequestCost): void {
    if (reason !== undefined) countInto(this.unknownReasons, reason)
    if (rehearsedStatus === 'unpriced') this.unpricedRehearsals += 1
    if (rehearsedStatus === 'partial') this.partialRehearsals += 1
  }

  merge(other: CostTotals): void {
    mergeMoney(this.spent, other.spent)
    mergeMoney(this.simulated, other.simulated)
    for (const status of costStatuses) this.requestsByStatus[status] += other.requestsByStatus[status]
    this.receipts.merge(other.receipts)
    mergeCounts(this.unknownReasons, other.unknownReasons)
    this.unpricedRehearsals += other.unpricedRehearsals
    this.partialRehearsals += other.partialRehearsals
  }

  /** True when every request that has a cost was a rehearsal. */
  get isRehearsal(): boolean {
    const { simulated, ...others } = this.requestsByStatus
    return simulated > 0 && Object.values(others).every((count) => count === 0)
  }

  /** Requests whose cost is not known, of the real ones or of a rehearsal. */
  get unpricedRequests(): number {
    return this.isRehearsal ? this.unpricedRehearsals : this.requestsByStatus.unpriced
  }

  /** The status of the sum; undefined when no request had a cost. */
  get status(): CostStatus | undefined {
    return statusOfSum(this.requestsByStatus)
  }
}

/** The status of a sum of costs, from how many of them have which; undefined when there are none. */
export function statusOfSum(counts: Readonly<Record<CostStatus, number>>): CostStatus | undefined {
  const { priced, partial, unpriced, free, reported, simulated } = counts
  const known = priced + free + reported
  if (known + partial + unpriced === 0) return simulated > 0 ? 'simulated' : undefined
  if (partial > 0 || (unpriced > 0 && known > 0)) return 'partial'
  if (unpriced > 0) return 'unpriced'
  if (priced > 0) return 'priced'
  return reported > 0 ? 'reported' : 'free'
}

const costStatuses = ['priced', 'partial', 'unpriced', 'free', 'reported', 'simulated'] as const satisfies CostStatus[]

/**
 * USD of the requests: money spent, or what a rehearsal would have cost where all of them were one. The two are never
 * added up.
 */
export function totalUsdOf(cost: CostTotals, isRehearsal: boolean = cost.isRehearsal): number {
  return usdOf(isRehearsal ? cost.simulated : cost.spent)
}
