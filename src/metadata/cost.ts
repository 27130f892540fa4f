import type { FeeCount, FeeUnit, TokenClass } from './usage.ts'

/**
 * How far a cost can be trusted. `priced`: all that was used has a price. `partial`: a part has none, or the usage may not
 * be whole. `unpriced`: unknown, counted as $0. `free`: self-hosted. `reported`: stated by the provider. `simulated`: a rehearsal, never money spent.
 */
export type CostStatus = 'priced' | 'partial' | 'unpriced' | 'free' | 'reported' | 'simulated'

/** What a cost tells of how far it is known. */
export interface HowFarKnown {
  readonly status?: CostStatus | null
  /** True for a rehearsal of which a part has no price. */
  readonly is_lower_bound?: boolean
  /** Something was sent whose cost is in no sum yet, and may never be: it costs at least so much. No file has it. */
  readonly isOpen?: boolean
}

/** True for a cost of which no part is unknown: it can be compared, and a change from or to it is exact. */
export function isWhole({ status, is_lower_bound, isOpen }: HowFarKnown): boolean {
  return status !== 'partial' && status !== 'unpriced' && !is_lower_bound && !isOpen
}

/** What one request cost and why. Money is in integer picodollars (1e-12 USD), so that sums are exact. */
export interface RequestCost {
  readonly status: CostStatus
  /** The cost: an integer of 1e-12 USD; 0 when unknown. The sum of the lines, unless the provider reported it. */
  readonly picodollars: number
  /** Which price was used; left out when there is none. */
  readonly price?: PriceReference
  /** One line for each class of tokens, and for each fee beside them, that has a price. */
  readonly lines: readonly CostLine[]
  /** Classes that were used and have no price. */
  readonly unpricedClasses?: readonly TokenClass[]
  /** What was used beside tokens and has no price. */
  readonly unpricedFees?: readonly FeeUnit[]
  /** Why there is no price, or only part of one, in words for people. */
  readonly reason?: string
  /** What the lines add up to where the provider reported another cost; picodollars. */
  readonly calculatedPicodollars?: number
  /** How far a rehearsal's cost can be trusted, where it is not simply priced. */
  readonly rehearsedStatus?: Exclude<CostStatus, 'priced' | 'reported' | 'simulated'>
  /** Set where a machine is paid instead of tokens: its cost comes on top, for the time it was busy. */
  readonly hourly?: HourlyPrice
}

/** Price of a machine while at least one request is under way. */
export interface HourlyPrice {
  readonly usdPerHour: number
  readonly price: PriceReference
}

/** Where a price comes from, precisely enough to look it up again. */
export interface PriceReference {
  /** `@pydantic/genai-prices`, `sygra` for our own list, the path of a prices file, or `models.yaml`. */
  readonly source: string
  /** Version of the source: a package version or a content digest. */
  readonly version: string
  readonly provider: string
  /** The product as the source names it, such as `gpt-4o-mini`. */
  readonly product: string
  /** Service tier: `standard`, `batch`, `flex`, `priority`, … */
  readonly tier: string
  /** The day the price was asked for, `YYYY-MM-DD`. */
  readonly date: string
  /** The day the list was published, which may be long before that: `YYYY-MM-DD`. */
  readonly listedOn?: string
  /** Where the model was served, if that was told and can decide the price: `eu-west-1`, `vertex/us-central1`. */
  readonly place?: string
  /** Page of the provider that the price can be checked on; for a tier also the day on which it was read. */
  readonly page?: string
  /** How the user's own price came to be in USD, in the user's words. */
  readonly currencyNote?: string
}

/** A part of a cost: tokens of one class, or a fee beside them. `isFeeLine` and `isTokenLine` tell which. */
export type CostLine = TokenLine | FeeLine

export interface TokenLine {
  readonly tokenClass: TokenClass
  readonly tokens: number
  readonly usdPerMillion: number
  readonly picodollars: number
}

/** What was charged by another unit than tokens: searches, images, seconds. */
export interface FeeLine extends FeeCount {
  readonly usdPerUnit: number
  readonly picodollars: number
  /** The page that the fee was read from and the day, or the price list it is in; left out where the receipt's price says it. */
  readonly source?: string
}

export function isTokenLine(line: CostLine): line is TokenLine {
  return 'tokenClass' in line
}

export function isFeeLine(line: CostLine): line is FeeLine {
  return 'unit' in line
}

/** Picodollars in one dollar. */
export const picodollarsPerUsd = 1e12

/** A sum of picodollars that stays exact beyond 2^53: whole dollars, and picodollars below one dollar. */
export interface MoneySum {
  dollars: number
  picodollars: number
}

export function noMoney(): MoneySum {
  return { dollars: 0, picodollars: 0 }
}

/** Adds an integer number of picodollars, below 2^53, in place. */
export function addMoney(sum: MoneySum, picodollars: number): void {
  const total = sum.picodollars + picodollars
  const carry = Math.floor(total / picodollarsPerUsd)
  sum.dollars += carry
  sum.picodollars = total - carry * picodollarsPerUsd
}

/** Adds another sum in place. */
export function mergeMoney(sum: MoneySum, other: MoneySum): void {
  sum.dollars += other.dollars
  addMoney(sum, other.picodollars)
}

/** The sum in USD, as the nearest double. */
export function usdOf(sum: MoneySum): number {
  return sum.dollars + sum.picodollars / picodollarsPerUsd
}

/** How far a cost can be trusted; of a rehearsal, how far what it would have cost can be. */
export function trustOf({ status, rehearsedStatus }: RequestCost): Exclude<CostStatus, 'simulated'> {
  return status === 'simulated' ? (rehearsedStatus ?? 'priced') : status
}

/** True for a cost of which a part, or all, is not known. A machine that is paid for its time has no part missing. */
export function isLowerBound(cost: RequestCost): boolean {
  const trust = trustOf(cost)
  return cost.hourly === undefined && (trust === 'partial' || trust === 'unpriced')
}

/** The status by which a cost is counted: of a machine that is paid for its time, which comes on top, nothing is missing. */
export function countedStatus({ status, hourly }: Pick<RequestCost, 'status' | 'hourly'>): CostStatus {
  return hourly !== undefined && status === 'partial' ? 'priced' : status
}

/** An amount of USD as integer picodollars. */
export function picodollarsOf(usd: number): number {
  return Math.round(usd * picodollarsPerUsd)
}

/** A sum or difference of exact amounts of USD without the crumbs of binary arithmetic. */
export function exactUsd(usd: number): number {
  return picodollarsOf(usd) / picodollarsPerUsd
}
