import type { ModelInfo, PriceCalculation } from '@pydantic/genai-prices'
import { closest, distance } from 'fastest-levenshtein'
import { isNameOf } from '../names/exact-name.ts'
import { spellingsAt } from '../names/spellings.ts'
import { type FoundRow, findPlacedRow, findRow, ownNames, ratesOfRow } from '../overlay/find-row.ts'
import { findPlaceRule } from '../overlay/place-rules.ts'
import { type FeeRate, feesOf } from './fees.ts'
import { priceTable } from './genai-prices.ts'
import { type Rates, ratesOf, scaleRates } from './rate.ts'
import { completeRates, zeroRates } from './rate-rules.ts'

/** A model found in the price table, with its prices at one moment. */
export interface Listing {
  readonly type: 'listing'
  /** Who sells; the table's id. */
  readonly provider: string
  /** The model as the table names it. */
  readonly product: string
  readonly rates: Rates
  /** The price depends on the time of day. */
  readonly isHourly: boolean
  readonly fees: readonly FeeRate[]
  /** True for a price of our own list, which the table lacks or has wrong. */
  readonly isOwn?: boolean
  /** Pages of the provider that the prices were read from. */
  readonly pages: readonly string[]
  readonly comment?: string
}

/** Why the table has no price. */
interface Unlisted {
  readonly type: 'unlisted'
  readonly reason: string
}

/** A model that is listed, at a place whose price is not known. */
interface Unplaced {
  readonly type: 'unplaced'
  readonly reason: string
}

interface ListingQuery {
  readonly provider: string
  /** Spellings of one model's name, in lower case; the first that is listed counts. */
  readonly names: readonly string[]
  /** Where it is served, the most precise name of the place first; empty for where the list is for. */
  readonly places: readonly string[]
  readonly at: Date
}

/**
 * Looks a model up: in our own list, which corrects and completes the price table, then in the table. A name that only
 * resembles a listed one is not found, and the price of another place is not this place's.
 */
export function findListing(query: ListingQuery): Listing | Unlisted | Unplaced {
  const { provider, names } = query
  let resembled: string | undefined
  for (const name of names.flatMap((spelling) => spellingsAt(provider, spelling))) {
    const own = findOwn(query, name)
    if (own?.isPlaced === true) return own.listing
    const listing = own?.listing ?? findInTable(query, name)
    if (listing.type === 'listing') return atPlace(listing, query)
    if (listing.type === 'unlisted') return listing
    resembled ??= listing.id
  }
  return unlisted({ provider, name: names[0] ?? '', resembled })
}

// Our own list names a model as it is called or as the table calls it.
function findOwn(
  query: ListingQuery,
  name: string,
): { readonly listing: Listing | Unlisted; readonly isPlaced: boolean } | undefined {
  const { provider, places, at } = query
  const atMs = at.getTime()
  const placed = findPlacedRow({ provider, name, places, atMs })
  if (placed !== undefined) return { listing: listingOfRow(placed, query), isPlaced: true }
  const found = findRow({ provider, name, atMs })
  return found && { listing: listingOfRow(found, query), isPlaced: false }
}

type InTable = Listing | Unlisted | { readonly type: 'resembled'; readonly id: string | undefined }

function findInTable({ provider, at }: ListingQuery, name: string): InTable {
  const fallbacks = priceTable().findProvider({ providerId: provider })?.fallback_model_providers ?? []
  let id: string | undefined
  for (const seller of [provider, ...fallbacks.filter((other) => sellsAtTheSamePrice(provider, other))]) {
    const found = priceTable().calcPrice({}, name, { providerId: seller, timestamp: at })
    if (found === null) continue
    if (isNameOf(found.model, name, seller)) return listingOf(found, { provider, name, at })
    id ??= found.model.id
  }
  return { type: 'resembled', id }
}

// The table lets Azure fall back to the lists of other makers too, whose models have prices of their own there.
function sellsAtTheSamePrice(provider: string, maker: string): boolean {
  return provider !== 'azure' || maker === 'openai' || maker === 'anthropic'
}

function listingOfRow(
  { row, product, source, isHourly }: FoundRow,
  { provider, at }: ListingQuery,
): Listing | Unlisted {
  if (row.unpriced !== undefined) return { type: 'unlisted', reason: row.unpriced }
  return {
    type: 'listing',
    provider,
    product,
    rates: completeRates({ provider, product, rates: ratesOfRow(row) }),
    isHourly,
    fees: feesOf({ provider, product, day: at.toISOString().slice(0, 10) }),
    pages: [source],
    isOwn: true,
  }
}

/** The listing with the price of a place. */
function atPlace(listed: Listing, query: ListingQuery): Listing | Unlisted | Unplaced {
  const { provider, places } = query
  const own = listed.isOwn === true ? undefined : findOwn(query, listed.product.toLowerCase())
  if (own?.isPlaced === true || own?.listing.type === 'unlisted') return own.listing
  const listing = own?.listing ?? listed
  const [place] = places
  if (place === undefined) return listing
  const { product } = listing
  const rule = findPlaceRule({ provider, product, places })
  if (rule === undefined) {
    return {
      type: 'unplaced',
      reason: `the price of ${provider}'s ${product} in ${place} is not known; state it in prices.yaml`,
    }
  }
  if (rule.factor === 1) return listing
  const base = basisOf(listing, query)
  return { ...listing, rates: scaleRates(base.rates, rule.factor), pages: [rule.source, ...listing.pages] }
}

// What GovCloud costs is told by the price of a global profile, where there is one.
function basisOf(listing: Listing, query: ListingQuery): Listing {
  if (!listing.product.startsWith('regional.')) return listing
  const names = [listing.product.replace('regional.', 'global.')]
  const global = findListing({ ...query, names, places: [] })
  return global.type === 'listing' ? global : listing
}

function listingOf(
  found: PriceCalculation,
  { provider, name, at }: { provider: string; name: string; at: Date },
): Listing | Unlisted {
  const { model, model_price: listed } = found
  if (isFromAnotherSeller(model)) {
    return { type: 'unlisted', reason: `the table's price of ${model.id} is OpenRouter's, not that of ${provider}` }
  }
  const isFree = Object.keys(listed).length === 0 && isFreeOfCharge(model, name)
  const rates = isFree ? zeroRates : completeRates({ provider, product: model.id, rates: ratesOf(listed) })
  const fees = feesOf({ provider, product: model.id, day: at.toISOString().slice(0, 10), listed })
  if (Object.keys(rates).length === 0 && fees.length === 0) {
    return { type: 'unlisted', reason: `${provider} lists ${model.id} without a price` }
  }
  return {
    type: 'listing',
    provider,
    product: model.id,
    rates,
    isHourly: Array.isArray(model.prices) && model.prices.some(({ constraint }) => constraint?.type === 'time_of_date'),
    fees,
    pages: found.provider.pricing_urls ?? [],
    comment: model.price_comments,
  }
}

function unlisted({ provider, name, resembled }: { provider: string; name: string; resembled?: string }): Unlisted {
  const nearest = resembled === undefined ? nearestName(provider, name) : undefined
  const about =
    resembled !== undefined
      ? `"${name}" only resembles ${provider}'s ${resembled}`
      : `${provider} lists no "${name}"${nearest === undefined ? '' : `; the nearest name is "${nearest}"`}`
  const remedy =
    provider === 'azure'
      ? 'if it is a deployment, map it under models: in prices.yaml'
      : 'state its price or map it in prices.yaml'
  return { type: 'unlisted', reason: `${about}; ${remedy}` }
}

// A name that is worth showing: a slip of the pen, or another revision of the same model.
function nearestName(provider: string, name: string): string | undefined {
  const names = [
    ...(priceTable().findProvider({ providerId: provider })?.models ?? []).map(({ id }) => id),
    ...ownNames(provider),
  ]
  if (names.length === 0) return undefined
  const nearest = closest(name, names)
  return distance(name, nearest) * 4 <= name.length ? nearest : undefined
}

// The table fills some gaps with OpenRouter's prices and says so in words.
function isFromAnotherSeller(model: ModelInfo): boolean {
  return /^(?:imported from|seen on) openrouter/i.test(model.price_comments ?? '')
}

// An empty list of prices means free only where the id or the table's comment says so.
function isFreeOfCharge(model: ModelInfo, name: string): boolean {
  return name.endsWith(':free') || /free of charge/i.test(model.price_comments ?? '')
}
