import type { HourlyPrice, PriceReference } from '../metadata/cost.ts'
import { findMapping, findStatedPrice, type ModelMapping, type StatedPrice } from './book/price-book.ts'
import { type ModelName, parseModelName } from './names/model-name.ts'
import { placesOf } from './names/place.ts'
import { type Seller, sellerOf } from './names/seller.ts'
import { listDate } from './overlay/price-blocks.ts'
import type { ModelQuery } from './price-query.ts'
import { type FeeRate, feesOf } from './table/fees.ts'
import { findListing, type Listing } from './table/price-table.ts'
import { type Rates, scaleRates } from './table/rate.ts'
import { tableDate, tableVersion } from './table/table-version.ts'
import { applyTierRule, findTierRule, readTier, standardTier } from './table/tier.ts'

/** The prices of a model in one tier at one moment. */
export interface RateCard {
  readonly type: 'rate-card'
  readonly rates: Rates
  /** What is charged beside tokens. */
  readonly fees: readonly FeeRate[]
  readonly price: PriceReference
  /** The price depends on the time of day. */
  readonly isHourly: boolean
  /** Part of the cost that no line carries, in words for people. */
  readonly extraCharge?: string
  /** The entry of the price table, and what the user says of it. */
  readonly listing?: Listing
  readonly stated?: StatedPrice
}

/** No price, and why. */
export interface NoRateCard {
  readonly type: 'no-rate-card'
  /** `partial`: the model is listed, and what it costs where it was served is not known. */
  readonly status: 'free' | 'unpriced' | 'partial'
  readonly reason: string
  /** Price of a machine while it is busy, where the user states one: its tokens are free. */
  readonly hourly?: HourlyPrice
}

/** Finds what a model costs at a moment: the user's own price first, then the price table. */
export function findRateCard(query: ModelQuery, at: Date): RateCard | NoRateCard {
  const day = at.toISOString().slice(0, 10)
  const target = targetOf(query)
  const { provider } = target.seller.type === 'provider' ? target.seller : query
  const names = [query.alias, query.model, query.upstreamModel, target.mapping?.model].filter(
    (name) => name !== undefined,
  )
  const stated = query.prices && findStatedPrice(query.prices, { names, provider: provider?.toLowerCase(), day })
  const { tier, isPrepaid } = readTier(query.serviceTier)
  const asked = {
    ...target,
    query,
    stated,
    at,
    day,
    tier: tier === standardTier ? (target.mapping?.tier ?? tier) : tier,
  }
  if (stated?.usdPerHour !== undefined) return busyTime(asked, stated, stated.usdPerHour)
  if (isPrepaid) return none(`tier ${tier} is capacity paid for in advance: a token has no price`)
  const card = stated?.rates === undefined ? listedCard(asked) : statedCard(asked, stated.rates)
  // Whoever trains a model that nobody lists need not state what its answers cost.
  return card.type === 'no-rate-card' && stated?.trainingUsdPerMillion !== undefined ? statedCard(asked, {}) : card
}

interface Target {
  readonly name: ModelName
  readonly seller: Seller
  readonly mapping?: ModelMapping
}

interface Asked extends Target {
  readonly query: ModelQuery
  readonly stated?: StatedPrice
  readonly at: Date
  readonly day: string
  readonly tier: string
}

// What a user maps a name to counts more than what the name or the URL say.
function targetOf(query: ModelQuery): Target {
  const named = [query.alias, query.model, query.upstreamModel].filter((name) => name !== undefined)
  const mapping = query.prices && findMapping(query.prices, named)
  const asked = parseModelName(mapping?.model ?? query.model)
  // A name that hides its model, such as that of a prompt router, gives way to the one that the answer tells.
  const told = asked.opaqueReason === undefined ? undefined : query.upstreamModel
  const name = told === undefined ? asked : parseModelName(told)
  const { provider, modelType, url, isSimulated } = query
  const seller =
    mapping?.provider === undefined
      ? sellerOf({ name, provider, modelType, url, isSimulated })
      : sellerOf({ name, provider: mapping.provider, url })
  if (mapping === undefined) return { name, seller }
  return { name, mapping, seller: seller.type === 'provider' ? seller : sellerOf({ name }) }
}

function statedCard(asked: Asked, standard: Rates): RateCard | NoRateCard {
  const { stated, tier, query } = asked
  if (stated === undefined) return none('no price is stated')
  const rates = tier === standardTier ? standard : tierOf(standard, stated.tiers?.[tier])
  if (rates === undefined) return none(`${stated.source} states no price of ${query.model} for tier ${tier}`)
  const price = statedReference(asked, stated, tier)
  const factor = (1 - (stated.discount ?? 0)) * (stated.multiplier ?? 1)
  const fees = withTraining(stated, feesOf({ provider: price.provider, product: price.product, day: asked.day }))
  return { type: 'rate-card', rates: scaleRates(rates, factor), fees, price, isHourly: false, stated }
}

function listedCard(asked: Asked): RateCard | NoRateCard {
  const { seller, name } = asked
  if (seller.type === 'self-hosted') {
    return { type: 'no-rate-card', status: 'free', reason: `self-hosted on ${seller.server}: no price per token` }
  }
  if (name.opaqueReason !== undefined) return none(name.opaqueReason)
  if (seller.type === 'unknown') return none(seller.reason)
  const names = namesAt(seller.provider, asked)
  const places = placesAt(seller.provider, asked)
  const listing = findListing({ provider: seller.provider, names, places, at: asked.at })
  if (listing.type === 'unlisted') return none(listing.reason)
  if (listing.type === 'unplaced') return { type: 'no-rate-card', status: 'partial', reason: listing.reason }
  const tiered = tierRates(asked, listing, places[0])
  if (tiered === undefined) return none(unknownTier(asked, listing))
  const change = changeOf(asked)
  const [source, version, listedOn] =
    listing.isOwn === true ? [ownSource, listDate, listDate] : [tableSource, tableVersion, tableDate]
  return {
    type: 'rate-card',
    rates: change.factor === 1 ? tiered.rates : scaleRates(tiered.rates, change.factor),
    fees: withTraining(asked.stated, listing.fees),
    price: {
      source: change.by === undefined ? source : `${source} × ${change.factor} (${change.by.source})`,
      version: change.by === undefined ? version : `${version}, ${change.by.version}`,
      provider: listing.provider,
      product: listing.product,
      tier: asked.tier,
      date: asked.day,
      listedOn,
      ...(places[0] === undefined ? {} : { place: places[0] }),
      page: tiered.page,
      currencyNote: currencyNoteOf(asked, change.by),
    },
    isHourly: listing.isHourly,
    listing,
    stated: asked.stated,
  }
}

/** The user's own price of fine-tuning counts before the listed one. */
function withTraining(stated: StatedPrice | undefined, fees: readonly FeeRate[]): readonly FeeRate[] {
  const perMillion = stated?.trainingUsdPerMillion
  if (perMillion === undefined) return fees
  return [{ unit: 'trainedToken', usdPerUnit: perMillion / 1e6, source: stated?.source }, ...fees]
}

/** The `source` of a price that is from the price table. */
export const tableSource = '@pydantic/genai-prices'

/** The `source` of a price that is from our own list, which corrects and completes the table. */
export const ownSource = 'sygra'

// The address of a simulator says nothing, and a name that the user maps tells where its model is.
function placesAt(provider: string, { name, query }: Asked): readonly string[] {
  const { url, isSimulated, region, provider: stated, modelType } = query
  return placesOf({
    provider,
    name,
    statedProvider: stated ?? modelType,
    url: isSimulated === true ? undefined : url,
    region,
  })
}

/**
 * Names to look up. Bedrock's request says more than its answer: the region is part of the price. Azure's answer says more
 * than its request, which names a deployment. Elsewhere the answer's dated name is the better one, if it is listed.
 */
function namesAt(provider: string, { name, mapping, query }: Asked): readonly string[] {
  const { upstreamModel } = query
  const answered = mapping !== undefined || upstreamModel === undefined ? undefined : parseModelName(upstreamModel)
  if (answered === undefined || provider === 'aws') return spellingsOf(name, provider)
  if (provider === 'azure') return spellingsOf(answered, provider)
  return [...spellingsOf(answered, provider), ...spellingsOf(name, provider)]
}

function spellingsOf({ whole, bare, provider: stated }: ModelName, provider: string): readonly string[] {
  return stated === provider && bare !== whole ? [bare, whole] : [whole]
}

/** Prices of the tier that is asked for, and the page that they can be checked on. */
function tierRates(
  asked: Asked,
  { provider, product, rates, pages: [page] }: Listing,
  place: string | undefined,
): { readonly rates: Rates; readonly page?: string } | undefined {
  const { tier, stated, mapping, day } = asked
  if (tier === standardTier) return { rates, page }
  const own = tierOf(rates, stated?.tiers?.[tier])
  if (own !== undefined) return { rates: own }
  const rule = findTierRule({ provider, product, tier, day, ...(place === undefined ? {} : { place }) })
  if (rule !== undefined) return { rates: applyTierRule(rule, rates), page: rule.source }
  // The user's own factor is the price of a tier that the user names, such as `datazone`.
  return tier === mapping?.tier && mapping.multiplier !== undefined ? { rates, page } : undefined
}

function tierOf(standard: Rates, tier: number | Rates | undefined): Rates | undefined {
  return typeof tier === 'number' ? scaleRates(standard, tier) : tier
}

function unknownTier({ tier }: Asked, { provider, product }: Listing): string {
  return provider === 'anthropic' && tier === 'priority'
    ? 'tier priority is capacity paid for in advance: a token has no price'
    : `no price is known of ${provider}'s ${product} for tier ${tier}; state it under tiers: in prices.yaml`
}

/** What the user changes of the listed price: the most precise discount counts, multipliers multiply. */
function changeOf({ stated, mapping, query: { prices } }: Asked): {
  readonly factor: number
  readonly by?: { readonly source: string; readonly version: string }
} {
  const discount = stated?.discount ?? mapping?.discount ?? prices?.discount ?? 0
  const factor = (1 - discount) * (stated?.multiplier ?? 1) * (mapping?.multiplier ?? 1)
  const rounded = Math.round(factor * 1e9) / 1e9
  return rounded === 1 ? { factor: 1 } : { factor: rounded, by: stated ?? mapping ?? prices }
}

function statedReference(asked: Asked, stated: StatedPrice, tier: string): PriceReference {
  const { seller, query, name, day } = asked
  const { source, version } = stated
  const provider = seller.type === 'provider' ? seller.provider : (query.provider ?? seller.type)
  return {
    source,
    version,
    provider,
    product: name.bare,
    tier,
    date: day,
    currencyNote: currencyNoteOf(asked, stated),
  }
}

// The note is about the prices of its file, and not about those that models.yaml states.
function currencyNoteOf({ query: { prices } }: Asked, by: { readonly source: string } | undefined): string | undefined {
  return by?.source === prices?.source ? prices?.currencyNote : undefined
}

function busyTime(asked: Asked, stated: StatedPrice, usdPerHour: number): NoRateCard {
  const reason = `charged by busy time at $${usdPerHour} per hour: no price per token`
  const hourly = { usdPerHour, price: statedReference(asked, stated, 'busy time') }
  return { type: 'no-rate-card', status: 'free', reason, hourly }
}

function none(reason: string): NoRateCard {
  return { type: 'no-rate-card', status: 'unpriced', reason }
}
