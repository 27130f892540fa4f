import { messageOf } from '../errors.ts'
import { type CostStatus, type PriceReference, picodollarsPerUsd, type RequestCost } from '../metadata/cost.ts'
import type { PriceBook } from './book/price-book.ts'
import { readProviderUrl } from './names/provider-url.ts'
import type { ModelQuery, PriceQuery } from './price-query.ts'
import { findRateCard, type NoRateCard, type RateCard } from './rate-card.ts'
import { costOfUsage, unpriced, withOrigin } from './request-cost.ts'
import { normalUsageOf } from './simple-usage.ts'
import { tableDate } from './table/table-version.ts'
import { readTier } from './table/tier.ts'

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

/**
 * What a request cost, with its receipt. Never throws and never guesses: without a price the status is `unpriced` and the
 * reason says why. The price of a model is looked up once for each tier and day.
 */
export function priceRequest(query: PriceQuery): RequestCost {
  try {
    const cost = costOfUsage(normalUsageOf(query.usage), rateCardAt(query, momentOf(query.at)))
    const isAsItIs = query.isSimulated !== true && query.reportedUsd === undefined
    return isAsItIs ? cost : withOrigin(cost, originOf(query))
  } catch (thrown) {
    return withOrigin(unpriced(`the price could not be worked out: ${messageOf(thrown)}`), originOf(query))
  }
}

function originOf({ isSimulated, reportedUsd, ...query }: PriceQuery): Parameters<typeof withOrigin>[1] {
  return { isSimulated, reportedUsd, price: reportedUsd === undefined ? undefined : statedByProvider(query) }
}

function statedByProvider({ model, provider, url, serviceTier, at }: PriceQuery): PriceReference {
  const seller = provider ?? (url === undefined ? undefined : readProviderUrl(url)?.provider) ?? 'unknown'
  const day = new Date(momentOf(at))
  const date = Number.isNaN(day.getTime()) ? tableDate : day.toISOString().slice(0, 10)
  return {
    source: 'stated in the answer',
    version: '',
    provider: seller,
    product: model,
    tier: readTier(serviceTier).tier,
    date,
  }
}

/** The hourly price that the user states for a self-hosted model, in USD; undefined when none is stated. */
export function usdPerHourOf(query: ModelQuery & { readonly at?: Date | number }): number | undefined {
  const card = rateCardAt(query, momentOf(query.at))
  return card.type === 'no-rate-card' ? card.hourly?.usdPerHour : undefined
}

/** The rate card of a model at a moment, from memory where it was looked up before. */
export function rateCardAt(query: ModelQuery, atMs: number): RateCard | NoRateCard {
  const cards = cardsOf(query.prices)
  const key = keyOf(query)
  const known = cards.get(key)
  if (known !== undefined && periodOf(atMs, known.card) === known.period) return known.card
  const card = findRateCard(query, new Date(atMs))
  if (known === undefined && cards.size >= maxCards) cards.clear()
  cards.set(key, { card, period: periodOf(atMs, card) })
  return card
}

/** The moment of a query in milliseconds; noon of the table's day when none is given. */
export function momentOf(at: Date | number | undefined): number {
  if (at === undefined) return noonOfTable
  return typeof at === 'number' ? at : at.getTime()
}

const noonOfTable = Date.parse(`${tableDate}T12:00:00Z`)

interface KnownCard {
  readonly card: RateCard | NoRateCard
  readonly period: number
}

// What was looked up, so that the hot path need not look again. Looking twice gives the same, so nobody can see it.
const cardsOfTable = new Map<string, KnownCard>()
const cardsOfBook = new WeakMap<PriceBook, Map<string, KnownCard>>()
const maxCards = 2000

function cardsOf(book: PriceBook | undefined): Map<string, KnownCard> {
  if (book === undefined) return cardsOfTable
  let cards = cardsOfBook.get(book)
  if (cards === undefined) {
    cards = new Map()
    cardsOfBook.set(book, cards)
  }
  return cards
}

function keyOf({
  model,
  alias,
  upstreamModel,
  provider,
  modelType,
  url,
  region,
  serviceTier,
  isSimulated,
}: ModelQuery): string {
  const place = url === undefined ? '' : withoutSearch(url)
  return `${model}\n${alias ?? ''}\n${upstreamModel ?? ''}\n${provider ?? ''}\n${modelType ?? ''}\n${region ?? ''}\n${serviceTier ?? ''}\n${isSimulated ?? ''}\n${place}`
}

// A search string, with an id or a key, would make every request a new one.
function withoutSearch(url: string): string {
  const search = url.indexOf('?')
  return search < 0 ? url : url.slice(0, search)
}

// Prices change at midnight UTC; those of a time of day, at a full minute.
function periodOf(atMs: number, card: RateCard | NoRateCard): number {
  return Math.floor(atMs / (card.type === 'rate-card' && card.isHourly ? 60_000 : 86_400_000))
}
