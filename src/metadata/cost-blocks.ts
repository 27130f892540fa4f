import { usdOf } from './cost.ts'
import type { CostTotals } from './cost-totals.ts'
import type { Receipt, ReceiptLine } from './receipt-totals.ts'
import { rounded, roundedUsd } from './rounding.ts'
import type { ReceiptMetadata } from './schema.ts'
import { tokenClasses } from './usage.ts'

/**
 * USD of the requests: money spent, or what a rehearsal would have cost where all of them were one. The two are never
 * added up.
 */
export function totalUsdOf(cost: CostTotals, isRehearsal = cost.isRehearsal): number {
  return usdOf(isRehearsal ? cost.simulated : cost.spent)
}

/** Status of a cost, and how much of it is unknown or rehearsed. */
export function costStatusBlock(cost: CostTotals) {
  const { isRehearsal, unpricedRehearsals, partialRehearsals } = cost
  const isPartial = isRehearsal && unpricedRehearsals + partialRehearsals > 0
  return {
    status: cost.status ?? null,
    unpriced_requests: cost.unpricedRequests,
    ...(isPartial ? { is_lower_bound: true } : {}),
    ...(cost.requestsByStatus.simulated > 0 ? { simulated_cost_usd: roundedUsd(usdOf(cost.simulated)) } : {}),
  }
}

/** `unpriced_reasons`: why a cost, or a part of it, is not known, the most frequent reason first. */
export function unpricedReasonsBlock({ unknownReasons }: CostTotals) {
  const reasons = [...unknownReasons].sort(([a, count], [b, other]) => other - count || (a < b ? -1 : 1))
  if (reasons.length === 0) return {}
  return { unpriced_reasons: reasons.slice(0, maxReasons).map(([reason, requests]) => ({ reason, requests })) }
}

const maxReasons = 20

/** `receipt`: how the cost was computed, an entry for each price. Amounts are exact. */
export function receiptBlock(cost: CostTotals): ReceiptMetadata[] {
  return cost.receipts.list().map(receiptOf)
}

function receiptOf({ price, status, requests, total, lines, busy, calculated }: Receipt): ReceiptMetadata {
  return {
    status,
    source: price.source,
    version: price.version,
    provider: price.provider,
    product: price.product,
    tier: price.tier,
    price_date: price.date,
    ...(price.page === undefined ? {} : { page: price.page }),
    ...(price.currencyNote === undefined ? {} : { currency_note: price.currencyNote }),
    requests,
    total_usd: rounded(usdOf(total), 12),
    ...(calculated === undefined ? {} : { calculated_usd: rounded(usdOf(calculated), 12) }),
    classes: [...lines.values()].sort(byClassAndPrice).map((line) => ({
      token_class: line.tokenClass,
      tokens: line.tokens,
      usd_per_million: line.usdPerMillion,
      usd: rounded(usdOf(line.total), 12),
    })),
    ...(busy === undefined ? {} : { busy_seconds: rounded(busy.microseconds / 1e6, 6), usd_per_hour: busy.usdPerHour }),
  }
}

function byClassAndPrice(a: ReceiptLine, b: ReceiptLine): number {
  return tokenClasses.indexOf(a.tokenClass) - tokenClasses.indexOf(b.tokenClass) || a.usdPerMillion - b.usdPerMillion
}
