import { usdOf } from '../cost.ts'
import { avoidedFigures } from '../figures/avoided-figures.ts'
import { costDoubtFigures } from '../figures/cost-figures.ts'
import { numbersOf } from '../figures/figure.ts'
import type { ReceiptMetadata } from '../schema.ts'
import { rounded } from '../statistics/rounding.ts'
import type { CostTotals } from '../totals/cost-totals.ts'
import type { FeeSum, Receipt, TokenSum } from '../totals/receipt-totals.ts'
import type { RequestTotals } from '../totals/request-totals.ts'
import { feeUnits, tokenClasses } from '../usage.ts'

/** Status of a cost, and how much of it is unknown or rehearsed. */
export function costStatusBlock(cost: CostTotals) {
  const { isRehearsal, unpricedRehearsals, partialRehearsals } = cost
  const isPartial = isRehearsal && unpricedRehearsals + partialRehearsals > 0
  return {
    status: cost.status ?? null,
    ...(isPartial ? { is_lower_bound: true } : {}),
    ...numbersOf(costDoubtFigures, { totals: { cost, isRehearsal } }),
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
  const sums = [...lines.values()]
  const tokenSums = sums.filter((sum) => sum.type === 'tokens')
  const feeSums = sums.filter((sum) => sum.type === 'fee')
  return {
    status,
    source: price.source,
    version: price.version,
    provider: price.provider,
    product: price.product,
    tier: price.tier,
    price_date: price.date,
    ...(price.listedOn === undefined ? {} : { listed_on: price.listedOn }),
    ...(price.place === undefined ? {} : { place: price.place }),
    ...(price.page === undefined ? {} : { page: price.page }),
    ...(price.currencyNote === undefined ? {} : { currency_note: price.currencyNote }),
    requests,
    total_usd: rounded(usdOf(total), 12),
    ...(calculated === undefined ? {} : { calculated_usd: rounded(usdOf(calculated), 12) }),
    classes: tokenSums.sort(byClassAndPrice).map(({ of, quantity, total: sum }) => ({
      token_class: of.tokenClass,
      tokens: quantity,
      usd_per_million: of.usdPerMillion,
      usd: rounded(usdOf(sum), 12),
    })),
    ...(feeSums.length === 0 ? {} : { fees: feeSums.sort(byUnitAndPrice).map(feeOf) }),
    ...(busy === undefined ? {} : { busy_seconds: rounded(busy.microseconds / 1e6, 6), usd_per_hour: busy.usdPerHour }),
  }
}

function feeOf({ of, quantity, total }: FeeSum): NonNullable<ReceiptMetadata['fees']>[number] {
  return {
    unit: of.unit,
    ...(of.variant === undefined ? {} : { variant: of.variant }),
    quantity: rounded(quantity, 6),
    usd_per_unit: of.usdPerUnit,
    usd: rounded(usdOf(total), 12),
    ...(of.source === undefined ? {} : { source: of.source }),
  }
}

function byClassAndPrice({ of: a }: TokenSum, { of: b }: TokenSum): number {
  return tokenClasses.indexOf(a.tokenClass) - tokenClasses.indexOf(b.tokenClass) || a.usdPerMillion - b.usdPerMillion
}

function byUnitAndPrice({ of: a }: FeeSum, { of: b }: FeeSum): number {
  const byVariant = (a.variant ?? '') < (b.variant ?? '') ? -1 : 1
  return feeUnits.indexOf(a.unit) - feeUnits.indexOf(b.unit) || a.usdPerUnit - b.usdPerUnit || byVariant
}

/** `avoided`: what answers that were kept have saved; nothing where none was used. */
export function avoidedBlock({ cacheHits, measured }: RequestTotals) {
  return cacheHits === 0 ? {} : { avoided: numbersOf(avoidedFigures, { totals: undefined, measured }) }
}
