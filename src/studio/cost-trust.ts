import { type CostStatus, countedStatus, isLowerBound } from '../metadata/cost.ts'
import { statusOfSum } from '../metadata/cost-totals.ts'
import type { RequestEnd } from '../metadata/event.ts'
import { hasAnswer } from '../metadata/figures/token-figures.ts'
import type { CostBlock } from '../report/text/format-cost.ts'

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

/** The bits of one request; 0 for an attempt that gave nothing to pay for. */
export function trustOfRequest({ cost, status }: Pick<RequestEnd, 'cost' | 'status'>): number {
  if (cost === undefined) return hasAnswer(status) ? bitOf.unpriced : 0
  return bitOf[countedStatus(cost)] | (cost.status === 'simulated' && isLowerBound(cost) ? lowerBoundBit : 0)
}

/** True for the bits of a request of which the cost, or a part of it, is not known. */
export function isUnknownCost(trust: number): boolean {
  return (trust & (bitOf.partial | bitOf.unpriced | lowerBoundBit)) !== 0
}

/** A cost as files have it, from its amount and the bits of all requests in it. */
export function costOfTrust(picodollars: number, trust: number): CostBlock {
  const has = (status: CostStatus) => (trust & bitOf[status] ? 1 : 0)
  const status = statusOfSum({
    priced: has('priced'),
    partial: has('partial'),
    unpriced: has('unpriced'),
    free: has('free'),
    reported: has('reported'),
    simulated: has('simulated'),
  })
  const isBound = status === 'simulated' && (trust & lowerBoundBit) !== 0
  return {
    total_cost_usd: picodollars / 1e12,
    ...(status === undefined ? {} : { status }),
    ...(isBound ? { is_lower_bound: true } : {}),
  }
}
