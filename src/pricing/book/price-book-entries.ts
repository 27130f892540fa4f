import { providerNamed } from '../names/provider-name.ts'
import { type Rate, type Rates, rateNames, withoutUndefined } from '../table/rate.ts'
import { bookKey, type ModelMapping, type PriceBook, type StatedPrice } from './price-book.ts'
import type { ClassPrices, MappingInput, PricesFile, StatedPriceInput } from './price-book-schema.ts'

/** Where an entry was read: a path or `models.yaml`, and a digest of its content. */
interface Origin {
  readonly source: string
  readonly version: string
}

/** A price book from a prices file that has been checked. */
export function priceBookOf(file: PricesFile, origin: Origin): PriceBook {
  const prices = Object.entries(file.prices ?? {}).map(
    ([name, stated]) => [bookKey(name), [stated].flat().map((price) => statedPriceOf(price, origin))] as const,
  )
  const models = Object.entries({ ...file.aliases, ...file.models }).map(
    ([name, target]) =>
      [bookKey(name), mappingOf(typeof target === 'string' ? { model: target } : target, origin)] as const,
  )
  return {
    ...origin,
    currencyNote: file.currency_note,
    discount: file.discount,
    prices: new Map(prices),
    models: new Map(models),
  }
}

function mappingOf(target: MappingInput, origin: Origin): ModelMapping {
  return { ...origin, ...target, provider: providerOf(target.provider) }
}

function statedPriceOf(price: StatedPriceInput, origin: Origin): StatedPrice {
  const short = ratesOf(price)
  const longer = price.long_context
  const rates = longer === undefined ? short : withLongContext(short, ratesOf(longer), longer.above)
  const tiers = Object.entries(price.tiers ?? {}).map(
    ([tier, prices]) => [tier.toLowerCase(), typeof prices === 'number' ? prices : ratesOf(prices)] as const,
  )
  return {
    ...origin,
    provider: providerOf(price.provider),
    from: price.from,
    rates: Object.keys(rates).length === 0 ? undefined : rates,
    discount: price.discount,
    multiplier: price.multiplier,
    tiers: Object.fromEntries(tiers),
    trainingUsdPerMillion: price.training,
    usdPerHour: price.usd_per_hour,
    note: price.note,
  }
}

function ratesOf(prices: ClassPrices): Rates {
  return withoutUndefined({
    input: prices.input,
    cacheRead: prices.cache_read,
    cachedAudio: prices.cache_read_audio ?? prices.cache_read,
    cacheWrite5m: prices.cache_write_5m ?? prices.cache_write,
    cacheWrite1h: prices.cache_write_1h ?? prices.cache_write,
    inputAudio: prices.input_audio,
    inputImage: prices.input_image ?? prices.input,
    inputVideo: prices.input_video ?? prices.input,
    output: prices.output,
    reasoning: prices.reasoning ?? prices.output,
    outputAudio: prices.output_audio,
    outputImage: prices.output_image ?? prices.output,
  })
}

function withLongContext(short: Rates, longer: Rates, abovePromptTokens: number): Rates {
  const rates: { -readonly [C in keyof Rates]: Rate } = { ...short }
  for (const name of rateNames) {
    const usdPerMillion = longer[name]
    if (typeof usdPerMillion !== 'number') continue
    const base = short[name] ?? usdPerMillion
    rates[name] = {
      base: typeof base === 'number' ? base : base.base,
      steps: [{ abovePromptTokens, usdPerMillion }],
    }
  }
  return rates
}

// An unknown name is kept: it may be the one that the caller uses for a gateway.
function providerOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : (providerNamed(name) ?? name.trim().toLowerCase())
}
