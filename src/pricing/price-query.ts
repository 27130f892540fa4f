import type { Usage } from '../metadata/usage.ts'
import type { PriceBook } from './book/price-book.ts'
import type { SimpleUsage } from './simple-usage.ts'

/** What the price of a model depends on, besides the time. */
export interface ModelQuery {
  /** Model as the request named it, in any usual spelling: `gpt-4o`, `azure/gpt-4o`, an ARN, a deployment. */
  readonly model: string
  /** What the user calls the model, as in models.yaml; it finds the user's own prices and nothing else. */
  readonly alias?: string
  /** Model as the answer named it, such as a dated snapshot. */
  readonly upstreamModel?: string
  /** Who serves it; may be left out when the URL or the name tells. */
  readonly provider?: string
  /** `model_type` of models.yaml. */
  readonly modelType?: string
  /** URL of the request. */
  readonly url?: string
  /** Where the model ran, as the answer or the caller says, such as `us` or `eu-west-1`; else URL and name tell it. */
  readonly region?: string
  /** Service tier, as the answer states it; standard when left out. */
  readonly serviceTier?: string
  /** The request went to a simulator: its address says nothing, and the cost is what the named model would have cost. */
  readonly isSimulated?: boolean
  /** The user's own prices. */
  readonly prices?: PriceBook
}

/** A request to be priced. */
export interface PriceQuery extends ModelQuery {
  readonly usage: Usage | SimpleUsage
  /**
   * When the request was made, a date or milliseconds since 1970. When left out, the price is that of the day on which the
   * price table was published, at noon UTC.
   */
  readonly at?: Date | number
  /** Cost that the provider stated, in USD. */
  readonly reportedUsd?: number
}
