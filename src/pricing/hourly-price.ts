import type { ModelQuery } from './price-query.ts'
import { momentOf, rateCardAt } from './price-request.ts'

/** The hourly price that the user states for a self-hosted model, in USD; undefined when none is stated. */
export function usdPerHourOf(query: ModelQuery & { readonly at?: Date | number }): number | undefined {
  const card = rateCardAt(query, momentOf(query.at))
  return card.type === 'no-rate-card' ? card.hourly?.usdPerHour : undefined
}
