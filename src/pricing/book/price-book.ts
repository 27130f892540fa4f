import { parseModelName } from '../names/model-name.ts'
import type { Rates } from '../table/rate.ts'

/** Prices of the user's own, by the name of the model in lower case. */
export interface PriceBook {
  /** A file's path, or `models.yaml`. */
  readonly source: string
  /** Digest of the content. */
  readonly version: string
  /** How the prices came to be in USD, in the user's words. */
  readonly currencyNote?: string
  /** Part of the listed prices that the user does not pay: 0.1 is 10 % less. */
  readonly discount?: number
  readonly prices: ReadonlyMap<string, readonly StatedPrice[]>
  readonly models: ReadonlyMap<string, ModelMapping>
  /** What models.yaml states for one model: holds for whatever model the book is asked for, before all else. */
  readonly everyModel?: { readonly prices: readonly StatedPrice[]; readonly mapping?: ModelMapping }
}

/** What the user says a model costs, from a day on. */
export interface StatedPrice {
  readonly source: string
  readonly version: string
  /** The price holds for this provider only; the price table's id. */
  readonly provider?: string
  /** First day, `YYYY-MM-DD`; left out when it has always held. */
  readonly from?: string
  /** Prices by class; left out when only a discount, a multiplier or an hourly price is stated. */
  readonly rates?: Rates
  /** Part of the price that is not paid; of the stated prices, or of the listed ones when none are stated. */
  readonly discount?: number
  /** The same as a factor, for what is dearer: 1.1 for an Azure data zone. */
  readonly multiplier?: number
  /** Other tiers: a factor on the standard prices, or prices of their own. */
  readonly tiers?: Readonly<Record<string, number | Rates>>
  /** Of fine-tuning, in USD for a million tokens that were trained on. */
  readonly trainingUsdPerMillion?: number
  /** Price of the machine while it is busy, in USD; tokens are free then. */
  readonly usdPerHour?: number
  readonly note?: string
}

/** Says that a name, such as an Azure deployment, is a model. */
export interface ModelMapping {
  readonly source: string
  readonly version: string
  readonly model: string
  readonly provider?: string
  readonly tier?: string
  readonly discount?: number
  readonly multiplier?: number
}

/** A book that holds the prices of a file, and before them those that models.yaml states for one model. */
export function withModelPricing({
  file,
  model,
}: {
  readonly file: PriceBook | undefined
  /** From `pricingOfModel`. */
  readonly model: PriceBook | undefined
}): PriceBook | undefined {
  if (file === undefined || model === undefined) return model ?? file
  return { ...file, everyModel: model.everyModel }
}

/** The form in which a book keeps names. */
export function bookKey(name: string): string {
  return name.trim().toLowerCase()
}

/** The mapping of a model's name: the whole name counts first, then the name without prefix or ARN. */
export function findMapping(book: PriceBook, names: readonly string[]): ModelMapping | undefined {
  if (book.everyModel?.mapping !== undefined) return book.everyModel.mapping
  if (book.models.size === 0) return undefined
  return firstOf(names, (key) => book.models.get(key))
}

/** What the user states for a model sold by this provider on this day; undefined when nothing. */
export function findStatedPrice(
  book: PriceBook,
  wanted: { readonly names: readonly string[]; readonly provider: string | undefined; readonly day: string },
): StatedPrice | undefined {
  const ofModel = choose(book.everyModel?.prices, wanted)
  if (ofModel !== undefined || book.prices.size === 0) return ofModel
  return firstOf(wanted.names, (key) => choose(book.prices.get(key), wanted))
}

// A price for one provider is meant more precisely than one for all; within them the latest day counts.
function choose(
  prices: readonly StatedPrice[] = [],
  { provider, day }: { readonly provider: string | undefined; readonly day: string },
): StatedPrice | undefined {
  const own = prices.filter((price) => price.provider !== undefined && price.provider === provider)
  const common = prices.filter((price) => price.provider === undefined)
  return latest(own, day) ?? latest(common, day)
}

function firstOf<Found>(names: readonly string[], find: (key: string) => Found | undefined): Found | undefined {
  for (const name of names) {
    const { whole, bare } = parseModelName(name)
    const found = find(bookKey(name)) ?? find(whole) ?? find(bare)
    if (found !== undefined) return found
  }
  return undefined
}

function latest(prices: readonly StatedPrice[], day: string): StatedPrice | undefined {
  let found: StatedPrice | undefined
  for (const price of prices) {
    const from = price.from ?? ''
    if (from <= day && (found === undefined || from >= (found.from ?? ''))) found = price
  }
  return found
}
