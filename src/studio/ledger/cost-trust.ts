import { type CostStatus, countedStatus, isLowerBound, picodollarsPerUsd } from '../../metadata/cost.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { hasAnswer } from '../../metadata/figures/token-figures.ts'
import { statusOfSum } from '../../metadata/totals/cost-totals.ts'
import type { CostBlock } from '../../report/text/format-cost.ts'

/** How far costs can be trusted: a bit for each status that is among them, so that a set of them takes one byte. */
const bitOf: Readonly<Record<CostStatus, number>> = {
  priced: 1,
  partial: 2,
  unpriced: 4,
  free: 8,
  reported: 16,
  simulated: 32,
}

const lowerBoundBit = 64
/** A machine that is paid by the hour: what its time cost is no part of the costs of its requests. */
const hourlyBit = 128

/** The bits of one request; 0 for an attempt that gave nothing to pay for. */
export function trustOfRequest({ cost, status }: Pick<RequestEnd, 'cost' | 'status'>): number {
  if (cost === undefined) return hasAnswer(status) ? bitOf.unpriced : 0
  const isBound = cost.status === 'simulated' && isLowerBound(cost)
  return bitOf[countedStatus(cost)] | (isBound ? lowerBoundBit : 0) | (cost.hourly === undefined ? 0 : hourlyBit)
}

/** True for the bits of a request of which the cost, or a part of it, is not known. */
export function isUnknownCost(trust: number): boolean {
  return (trust & (bitOf.partial | bitOf.unpriced | lowerBoundBit)) !== 0
}

/** True for the bits of a rehearsal: its cost is never added to money spent. */
export function isRehearsed(trust: number): boolean {
  return (trust & bitOf.simulated) !== 0
}

/** True where the time of a machine comes on top of what requests cost. */
export function isPaidByTheHour(trust: number): boolean {
  return (trust & hourlyBit) !== 0
}

/**
 * A cost as files have it, from its amount and the bits of all requests in it. `rehearsed`: of these what rehearsals would
 * have cost, where they are told apart.
 */
export function costOfTrust(picodollars: number, trust: number, rehearsed = 0): CostBlock {
  const has = (status: CostStatus) => (trust & bitOf[status] ? 1 : 0)
  const isHourly = isPaidByTheHour(trust)
  const known = statusOfSum({
    priced: has('priced'),
    partial: has('partial'),
    unpriced: has('unpriced'),
    free: has('free'),
    reported: has('reported'),
    simulated: has('simulated'),
  })
  const isSimulated = known === 'simulated'
  const amount = isSimulated ? picodollars : picodollars - rehearsed
  const isPartial = !isSimulated && (known === 'partial' || isHourly)
  const status = isPartial ? (amount > 0 ? 'partial' : 'unpriced') : known
  const isBound = isSimulated && ((trust & lowerBoundBit) !== 0 || isHourly)
  return {
    total_cost_usd: amount / picodollarsPerUsd,
    ...(status === undefined ? {} : { status }),
    ...(isBound ? { is_lower_bound: true } : {}),
    ...(isSimulated || rehearsed === 0 ? {} : { simulated_cost_usd: rehearsed / picodollarsPerUsd }),
  }
}
