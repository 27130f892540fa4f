import { type CostStatus, picodollarsPerUsd, type RequestCost } from '../metadata/cost.ts'
import type { PriceQuery } from './price-query.ts'
import { priceRequest } from './price-request.ts'

/** A cost, how far it can be trusted, and how it came about. */
export interface CalculatedCost {
  /** 0 when unknown: read the status beside it. */
  readonly usd: number
  readonly status: CostStatus
  readonly receipt: RequestCost
}

/**
 * What a request cost. Pure and synchronous, works offline and never throws.
 *
 *     calculateCost({ model: 'gpt-4o-mini', usage: { promptTokens: 440, completionTokens: 920 } }).usd // 0.000618
 */
export function calculateCost(query: PriceQuery): CalculatedCost {
  const receipt = priceRequest(query)
  return { usd: receipt.picodollars / picodollarsPerUsd, status: receipt.status, receipt }
}
