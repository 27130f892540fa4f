import {
  addMoney,
  type CostStatus,
  type FeeLine,
  type MoneySum,
  noMoney,
  picodollarsOf,
  type RequestCost,
  type TokenLine,
  trustOf,
  usdOf,
} from '../../metadata/cost.ts'
import type { ModelMetadata, ReceiptMetadata } from '../../metadata/schema.ts'
import { feeUnits, promptTokensOf, type TokenClass, tokenClasses, type Usage } from '../../metadata/usage.ts'
import type { ModelQuery } from '../price-query.ts'
import { priceRequest, rateCardAt } from '../price-request.ts'
import { ownSource, tableSource } from '../rate-card.ts'
import type { FeeRate } from '../table/fees.ts'
import type { Rates } from '../table/rate.ts'
import type { PriceChanges } from './reprice-request.ts'

/** What a model of a metadata file costs at other prices, or why the file does not suffice to tell. */
export type RepricedModel =
  | {
      readonly type: 'cost'
      readonly totalUsd: number
      readonly status: CostStatus
      readonly lines: RepricedLine[]
      /** What the lines are made of: a part for each receipt, or one for all tokens where the receipts are not whole. */
      readonly parts: readonly RepricedPart[]
      /** Why the cost, or a part of it, is not known. */
      readonly reason?: string
    }
  | { readonly type: 'unknown'; readonly reason: string }

/** A line of the cost at other prices. */
export type RepricedLine = (Omit<TokenLine, 'picodollars'> | Omit<FeeLine, 'picodollars'>) & { readonly usd: number }

export interface RepricedPart {
  /** The receipt that it was priced from. */
  readonly receipt?: ReceiptMetadata
  readonly cost: RequestCost
}

interface Part {
  readonly usage: Usage
  readonly tier: string | undefined
  readonly atMs: number
  readonly receipt?: ReceiptMetadata
}

/**
 * Prices a model of a metadata file again, from the classes of its receipts. Where a price rises with the length of
 * a prompt, it needs sums that do not reach the step, because the file has sums alone.
 */
export function repriceModel(
  name: string,
  model: ModelMetadata,
  { startedAtMs, changes }: { readonly startedAtMs: number; readonly changes: PriceChanges },
): RepricedModel {
  const { cost } = model
  const receipts = cost.receipt ?? []
  if (receipts.some(({ busy_seconds }) => busy_seconds !== undefined)) return unknown('its machine is paid by the hour')
  const isRehearsal = cost.status === 'simulated' && (cost.unpriced_requests ?? 0) === 0 && !cost.is_lower_bound
  const isWhole = cost.status === 'priced' || isRehearsal
  if (!isWhole && receipts.some(({ fees }) => fees !== undefined)) return unknown('a part of its fees has no price')
  const parts = isWhole && receipts.length > 0 ? receipts.map(partOf) : partsOfTokens(model, startedAtMs)
  if (parts === undefined) return unknown('its cache writes or audio are not told apart')
  return priceParts(parts, { name, model, changes })
}

function priceParts(
  parts: readonly Part[],
  { name, model, changes }: { readonly name: string; readonly model: ModelMetadata; readonly changes: PriceChanges },
): RepricedModel {
  const total: MoneySum = noMoney()
  const priced: RepricedPart[] = []
  let status: CostStatus = 'priced'
  let reason: string | undefined
  for (const { usage, tier, atMs, receipt } of parts) {
    const at = changes.atMs ?? atMs
    const own = queryOf(name, model, changes)
    const query: ModelQuery = { ...own.query, serviceTier: changes.tier ?? tier }
    const isKept = receipt?.source === 'models.yaml' && !own.isMapped
    const fault = isKept ? undefined : faultOf(query, { at, isDayOnly: changes.atMs === undefined, usage })
    if (fault !== undefined) return unknown(fault)
    if (receipt !== undefined && !own.isMapped && isOtherProduct({ ...query, serviceTier: tier }, receipt, atMs)) {
      return unknown(`its answers named ${receipt.product}, which the name it was asked by does not tell`)
    }
    // What models.yaml stated is not in the file, nor elsewhere when it was changed since.
    const cost = isKept ? costOfReceipt(receipt) : priceRequest({ ...query, usage, at })
    addMoney(total, cost.picodollars)
    const known = trustOf(cost)
    if (known !== 'free') reason ??= cost.reason
    if (known !== 'priced') status = parts.length === 1 ? known : 'partial'
    priced.push({ ...(receipt === undefined ? {} : { receipt }), cost })
  }
  return {
    type: 'cost',
    totalUsd: usdOf(total),
    status: model.cost.status === 'simulated' ? 'simulated' : status,
    lines: priced.flatMap(({ cost }) =>
      cost.lines.map(({ picodollars, ...line }) => ({ ...line, usd: picodollars / 1e12 })),
    ),
    parts: priced,
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Why sums of tokens do not tell the price. */
function faultOf(
  query: ModelQuery,
  { at, isDayOnly, usage }: { readonly at: number; readonly isDayOnly: boolean; readonly usage: Usage },
): string | undefined {
  const card = rateCardAt(query, at)
  if (card.type === 'no-rate-card') return card.hourly === undefined ? undefined : 'its machine is paid by the hour'
  if (mayReachStep(card.rates, usage)) return 'its price depends on the length of each prompt'
  if (hasFeeByRequest(card.fees, usage)) return 'its price has a fee for each request'
  return card.isHourly && isDayOnly ? 'its price depends on the time of day of each request' : undefined
}

// Some providers charge for the model that the answer names, and of answers the file keeps only what was charged.
function isOtherProduct(query: ModelQuery, { source, provider, product }: ReceiptMetadata, atMs: number): boolean {
  if (source !== tableSource && source !== ownSource) return false
  const cards = [rateCardAt(query, atMs), rateCardAt({ ...query, prices: undefined }, atMs)]
  return !cards.some(
    (card) => card.type === 'rate-card' && card.price.product === product && card.price.provider === provider,
  )
}

function costOfReceipt(receipt: ReceiptMetadata): RequestCost {
  const { source, version, provider, product, tier, price_date, page, currency_note, listed_on, place } = receipt
  return {
    status: receipt.status,
    picodollars: picodollarsOf(receipt.total_usd),
    price: {
      source,
      version,
      provider,
      product,
      tier,
      date: price_date,
      listedOn: listed_on,
      place,
      page,
      currencyNote: currency_note,
    },
    lines: [
      ...receipt.classes.flatMap(({ token_class, tokens, usd_per_million, usd }) => {
        const tokenClass = tokenClasses.find((known) => known === token_class)
        return tokenClass === undefined
          ? []
          : [{ tokenClass, tokens, usdPerMillion: usd_per_million, picodollars: picodollarsOf(usd) }]
      }),
      ...feesIn(receipt).map(({ usd_per_unit: usdPerUnit, usd, source, ...fee }) => ({
        ...fee,
        usdPerUnit,
        source,
        picodollars: picodollarsOf(usd),
      })),
    ],
  }
}

// No prompt of a run is longer than all of them together.
function mayReachStep(rates: Rates, usage: Usage): boolean {
  const prompts = promptTokensOf(usage) ?? 0
  return Object.values(rates).some(
    (rate) => typeof rate !== 'number' && rate.steps.some(({ abovePromptTokens }) => prompts > abovePromptTokens),
  )
}

// Of many requests together, a fee that is charged once for each cannot be told from how often it was counted.
function hasFeeByRequest(fees: readonly FeeRate[], usage: Usage): boolean {
  return fees.some(({ unit, isPerRequest, isOncePerRequest }) => {
    const isCounted = usage.fees?.some((fee) => fee.unit === unit) === true
    return (isPerRequest === true && !isCounted) || (isOncePerRequest === true && isCounted)
  })
}

function queryOf(
  name: string,
  model: ModelMetadata,
  { models, prices }: PriceChanges,
): { readonly query: ModelQuery; readonly isMapped: boolean } {
  const sent = model.upstream_model ?? name
  const other = models?.get(name) ?? models?.get(sent)
  const isSimulated = model.cost.status === 'simulated' || undefined
  if (other !== undefined) return { query: { model: other, prices, isSimulated }, isMapped: true }
  const url = [model.model_url ?? []].flat()[0]
  const { provider } = model
  const modelType = model.model_type ?? undefined
  const own = { model: sent, alias: name, provider: provider ?? undefined, modelType, url, prices, isSimulated }
  return { query: own, isMapped: false }
}

/** Of what is read from a cache, audio may be a line of its own, and nothing tells it from text of a longer prompt. */
const mixedCache =
  'its cached tokens were charged at several prices, and the file does not tell which of them are audio'

function partOf(receipt: ReceiptMetadata): Part {
  const { classes, tier, price_date } = receipt
  const usage: { [C in TokenClass]?: number } = { input: 0 }
  for (const { token_class, tokens } of classes) {
    const tokenClass = tokenClasses.find((known) => known === token_class)
    if (tokenClass !== undefined) usage[tokenClass] = (usage[tokenClass] ?? 0) + tokens
  }
  const fees = feesIn(receipt).map(({ unit, variant, quantity }) => ({ unit, variant, quantity }))
  const isMixed = classes.filter(({ token_class }) => token_class === 'cacheRead').length > 1
  const all = { ...usage, ...(fees.length > 0 && { fees }), ...(isMixed && { doubts: [mixedCache] }) }
  return { usage: all, tier, atMs: Date.parse(`${price_date}T12:00:00Z`), receipt }
}

function feesIn({ fees = [] }: ReceiptMetadata) {
  return fees.flatMap(({ unit: name, variant, quantity, usd_per_unit, usd, source }) => {
    const unit = feeUnits.find((known) => known === name)
    return unit === undefined ? [] : [{ unit, variant, quantity, usd_per_unit, usd, source }]
  })
}

function partsOfTokens({ token_statistics: tokens }: ModelMetadata, startedAtMs: number): Part[] | undefined {
  if ((tokens.cache_write_tokens ?? 0) > 0 || (tokens.audio_tokens ?? 0) > 0) return undefined
  const cacheRead = tokens.cached_prompt_tokens ?? 0
  const reasoning = tokens.reasoning_tokens ?? 0
  const input = Math.max(0, tokens.total_prompt_tokens - cacheRead)
  const output = Math.max(0, tokens.total_completion_tokens - reasoning)
  return [{ usage: { input, cacheRead, output, reasoning }, tier: undefined, atMs: startedAtMs }]
}

function unknown(reason: string): RepricedModel {
  return { type: 'unknown', reason }
}
