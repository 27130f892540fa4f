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
  return {
    status: cost.status ?? null,
    unpriced_requests: cost.requestsByStatus.unpriced,
    ...(cost.requestsByStatus.simulated > 0 ? { simulated_cost_usd: roundedUsd(usdOf(cost.simulated)) } : {}),
  }
}

/** `receipt`: how the cost was computed, an entry for each price. Amounts are exact. */
export function receiptBlock(cost: CostTotals): ReceiptMetadata[] {
  return cost.receipts.list().map(receiptOf)
}

function receiptOf({ price, status, requests, total, lines, busy }: Receipt): ReceiptMetadata {
  return {
    status,
    source: price.source,
    version: price.version,
    provider: price.provider,
    product: price.product,
    tier: price.tier,
    price_date: price.date,
    requests,
    total_usd: rounded(usdOf(total), 12),
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
