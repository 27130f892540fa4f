import type { CostStatus, PriceReference } from '../metadata/cost.ts'
import { placesListed } from './overlay/find-row.ts'
import { type OtherPrice, otherPrices } from './overlay/other-tables.ts'
import type { ModelQuery } from './price-query.ts'
import { momentOf, rateCardAt } from './price-request.ts'
import type { RateCard } from './rate-card.ts'
import { wordsOf, wordsOfFee } from './request-cost.ts'
import { type RateName, type Rates, rateNames } from './table/rate.ts'
import { rulesOf, standardTier } from './table/tier.ts'

/** All that is known of a model's price, for `sygra prices`. */
export interface PriceDescription {
  readonly model: string
  readonly status: Extract<CostStatus, 'priced' | 'unpriced' | 'free' | 'partial'>
  /** Why there is no price, or what the price leaves out. */
  readonly reason?: string
  readonly price?: PriceReference
  /** Prices of the tier that was asked for. */
  readonly classes: readonly ClassPrice[]
  /** The other tiers that are known, each with the page it was read from. */
  readonly tiers: readonly TierPrices[]
  /** What is charged beside tokens. */
  readonly fees: readonly FeePrice[]
  /** Places that have prices of their own. */
  readonly places: readonly PlacePrices[]
  /** What another table says where it differs and no source has decided between them. */
  readonly elsewhere: readonly OtherPrice[]
  /** Pages of the provider where the prices can be checked. */
  readonly pages: readonly string[]
  /** What the source says about the price, in its own words. */
  readonly notes: readonly string[]
  readonly usdPerHour?: number
}

export interface ClassPrice {
  /** `cachedAudio`: of what is read from a cache the audio, where it costs something else. */
  readonly tokenClass: RateName
  /** The class in words for people. */
  readonly name: string
  readonly usdPerMillion: number
  /** Prices for longer prompts, in rising order. */
  readonly longContext: readonly { readonly abovePromptTokens: number; readonly usdPerMillion: number }[]
}

export interface TierPrices {
  readonly tier: string
  readonly classes: readonly ClassPrice[]
  readonly source: string
}

export interface FeePrice {
  /** The fee in words for people. */
  readonly name: string
  readonly variant?: string
  /** Left out where nobody lists how much. */
  readonly usdPerUnit?: number
  readonly source?: string
}

export interface PlacePrices {
  readonly places: readonly string[]
  readonly classes: readonly ClassPrice[]
}

/** Describes the price of a model at a moment: classes, tiers, long prompts, where it comes from, or why there is none. */
export function describePrice(query: ModelQuery & { readonly at?: Date | number }): PriceDescription {
  const { model, prices } = query
  const atMs = momentOf(query.at)
  const card = rateCardAt(query, atMs)
  if (card.type === 'no-rate-card') {
    const { status, reason, hourly } = card
    const nothing = { classes: [], tiers: [], fees: [], places: [], elsewhere: [], pages: [], notes: [] }
    if (hourly === undefined) return { model, status, reason, ...nothing }
    return { model, status: 'priced', reason, price: hourly.price, ...nothing, usdPerHour: hourly.usdPerHour }
  }
  const { listing, stated } = card
  return {
    model,
    status: 'priced',
    reason: card.extraCharge,
    price: card.price,
    classes: classesOf(card.rates),
    tiers: tiersOf(query, { card, atMs }),
    fees: card.fees.map(({ unit, variant, usdPerUnit, source }) => ({
      name: wordsOfFee(unit),
      ...(variant === undefined ? {} : { variant }),
      ...(usdPerUnit === undefined ? {} : { usdPerUnit }),
      ...(source === undefined ? {} : { source }),
    })),
    places: placesWithPrices(query, { card, atMs }),
    elsewhere: otherPrices(card.price),
    pages: stated?.rates === undefined ? (listing?.pages ?? []) : [],
    notes: [listing?.comment, stated?.note, stated && prices?.currencyNote].filter((note) => note !== undefined),
  }
}

// Each tier is looked up as a request would be, so that what is shown is what is charged.
function tiersOf(query: ModelQuery, { card, atMs }: { card: RateCard; atMs: number }): readonly TierPrices[] {
  const { provider, product, date, tier: own } = card.price
  const rules = card.listing === undefined ? [] : rulesOf({ provider, product, day: date })
  const sources = new Map(rules.map(({ tiers: [tier = ''], source }) => [tier, source]))
  for (const tier of Object.keys(card.stated?.tiers ?? {})) sources.set(tier, card.stated?.source ?? '')
  if (own !== standardTier) sources.set(standardTier, card.price.source)
  return [...sources].flatMap(([tier, source]) => {
    const other = tier === own ? undefined : rateCardAt({ ...query, serviceTier: tier }, atMs)
    return other?.type === 'rate-card' && other.price.tier === tier
      ? [{ tier, source, classes: classesOf(other.rates) }]
      : []
  })
}

// Each place is looked up as a request would be; places with the same prices are one entry.
function placesWithPrices(query: ModelQuery, { card, atMs }: { card: RateCard; atMs: number }): readonly PlacePrices[] {
  if (card.listing === undefined) return []
  const { provider, product } = card.price
  const entries = new Map<string, { places: string[]; classes: readonly ClassPrice[] }>()
  for (const place of placesListed(provider, product.toLowerCase())) {
    const there = rateCardAt({ ...query, region: place }, atMs)
    if (there.type !== 'rate-card' || there.price.place !== place) continue
    const classes = classesOf(there.rates)
    const key = JSON.stringify(classes)
    const entry = entries.get(key) ?? { places: [], classes }
    entry.places.push(place)
    entries.set(key, entry)
  }
  return [...entries.values()]
}

function classesOf(rates: Rates): readonly ClassPrice[] {
  return rateNames.flatMap((tokenClass) => {
    const rate = rates[tokenClass]
    if (rate === undefined || isSameAsUsual(rates, tokenClass)) return []
    const name = tokenClass === 'cachedAudio' ? 'cached audio input' : wordsOf(tokenClass)
    return typeof rate === 'number'
      ? [{ tokenClass, name, usdPerMillion: rate, longContext: [] }]
      : [{ tokenClass, name, usdPerMillion: rate.base, longContext: rate.steps }]
  })
}

/** Few models have a price of their own for these, and for the others it need not be said. */
function isSameAsUsual(rates: Rates, name: RateName): boolean {
  const usual = usualNames[name]
  return usual !== undefined && JSON.stringify(rates[name]) === JSON.stringify(rates[usual])
}

const usualNames: { readonly [N in RateName]?: RateName } = {
  inputVideo: 'input',
  outputImage: 'output',
  cachedAudio: 'cacheRead',
}
