import { picodollarsPerUsd } from '../metadata/cost.ts'
import type { ModelQuery } from './price-query.ts'
import { momentOf, rateCardAt } from './price-request.ts'

/** What a machine cost while it was busy, in whole picodollars. */
export function priceBusyTime({
  seconds,
  usdPerHour,
}: {
  readonly seconds: number
  readonly usdPerHour: number
}): number {
  return Math.round((seconds * usdPerHour * picodollarsPerUsd) / 3600)
}

/** The hourly price that the user states for a self-hosted model, in USD; undefined when none is stated. */
export function usdPerHourOf(query: ModelQuery & { readonly at?: Date | number }): number | undefined {
  const card = rateCardAt(query, momentOf(query.at))
  return card.type === 'no-rate-card' ? card.usdPerHour : undefined
}
