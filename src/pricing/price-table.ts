import { calcPrice, findProvider, type ModelInfo, type PriceCalculation } from '@pydantic/genai-prices'
import { isNameOf } from './exact-name.ts'
import { type FeeRate, feesOf } from './fees.ts'
import { type Rates, ratesOf } from './rate.ts'
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
  /** Pages of the provider that the prices were read from. */
  readonly pages: readonly string[]
  readonly comment?: string
}

/** Why the table has no price. */
interface Unlisted {
  readonly type: 'unlisted'
  readonly reason: string
}

interface ListingQuery {
  readonly provider: string
  /** Spellings of one model's name, in lower case; the first that is listed counts. */
  readonly names: readonly string[]
  readonly at: Date
}

/** Looks a model up in the price table; a name that only resembles a listed one is not found. */
export function findListing({ provider, names, at }: ListingQuery): Listing | Unlisted {
  let resembled: string | undefined
  const sellers = [provider, ...(findProvider({ providerId: provider })?.fallback_model_providers ?? [])]
  for (const name of names.map((spelling) => tableSpelling(spelling, provider))) {
    for (const seller of sellers) {
      const found = calcPrice({}, name, { providerId: seller, timestamp: at })
      if (found === null) continue
      if (isNameOf(found.model, name, seller)) return listingOf(found, { provider, name, at })
      resembled ??= found.model.id
    }
  }
  return unlisted({ provider, name: names[0] ?? '', resembled })
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
  const about =
    resembled === undefined ? `${provider} lists no "${name}"` : `"${name}" only resembles ${provider}'s ${resembled}`
  const remedy =
    provider === 'azure'
      ? 'if it is a deployment, map it under models: in prices.yaml'
      : 'state its price or map it in prices.yaml'
  return { type: 'unlisted', reason: `${about}; ${remedy}` }
}

// Azure writes `gpt-35-turbo` where OpenAI writes `gpt-3.5-turbo`.
function tableSpelling(name: string, provider: string): string {
  return provider === 'azure' ? name.replace(/^gpt-35-/, 'gpt-3.5-') : name
}

// The table fills some gaps with OpenRouter's prices and says so in words.
function isFromAnotherSeller(model: ModelInfo): boolean {
  return /^(?:imported from|seen on) openrouter/i.test(model.price_comments ?? '')
}

// An empty list of prices means free only where the id or the table's comment says so.
function isFreeOfCharge(model: ModelInfo, name: string): boolean {
  return name.endsWith(':free') || /free of charge/i.test(model.price_comments ?? '')
}
