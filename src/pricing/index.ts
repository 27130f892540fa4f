// Reading a prices file needs yaml and zod, which take longer to load than all of this: import `book/parse-prices.ts` for it.
export { type ModelMapping, type PriceBook, type StatedPrice, withModelPricing } from './book/price-book.ts'
export {
  type ClassPrice,
  describePrice,
  type FeePrice,
  type PlacePrices,
  type PriceDescription,
  type TierPrices,
} from './describe-price.ts'
export type { ModelQuery, PriceQuery } from './price-query.ts'
export { type CalculatedCost, calculateCost, priceRequest, usdPerHourOf } from './price-request.ts'
export { normalUsageOf, type SimpleUsage } from './simple-usage.ts'
export { loadPriceTable } from './table/genai-prices.ts'
export type { Rate, Rates, SteppedRate } from './table/rate.ts'
export { tableDate, tableVersion } from './table/table-version.ts'
