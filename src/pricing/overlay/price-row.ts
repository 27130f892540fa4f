import type { TokenClass } from '../../metadata/usage.ts'

/** Prices that one seller states on one page, or that several sources agree on. */
export interface PriceBlock {
  /** The price table's id of who sells. */
  readonly provider: string
  /** The page that the prices were read from and the day, or the tables that have them and their days. */
  readonly source: string
  readonly rows: readonly PriceRow[]
}

/** What a model costs in USD per million tokens, at some places and in some time. */
export interface PriceRow {
  /** Its names in lower case, separated by spaces. The first is the product that a receipt names. */
  readonly model: string
  /** Where it holds, separated by spaces; left out where it is the price that holds unless a place has its own. */
  readonly places?: string
  /** First moment at which it holds, `2026-09-10` or `2026-09-10T04:00`, in UTC. */
  readonly from?: string
  /** The moment from which it does not hold any more. */
  readonly until?: string
  /** Holds only at these times of day in UTC, Mondays to Fridays: `01:00-04:00 06:00-10:00`; with `daily`, every day. */
  readonly hours?: string
  /** Days on which `hours` do not count, such as `2026-10-01..2026-10-07`, separated by spaces. */
  readonly holidays?: string
  readonly input?: number
  readonly cacheRead?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  readonly inputAudio?: number
  readonly inputImage?: number
  readonly inputVideo?: number
  readonly output?: number
  readonly reasoning?: number
  readonly outputAudio?: number
  readonly outputImage?: number
  /** Prices of a request whose prompt is longer than `above` tokens. */
  readonly long?: { readonly above: number } & { readonly [C in TokenClass]?: number }
  /** Why there is no price: the name was retired, or what lists give is known to be wrong. */
  readonly unpriced?: string
}
