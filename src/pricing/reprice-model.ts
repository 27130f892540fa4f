import { addMoney, type CostStatus, type MoneySum, noMoney, usdOf } from '../metadata/cost.ts'
import type { ModelMetadata, ReceiptMetadata } from '../metadata/schema.ts'
import { promptTokensOf, type TokenClass, tokenClasses, type Usage } from '../metadata/usage.ts'
import type { ModelQuery } from './price-query.ts'
import { priceRequest, rateCardAt } from './price-request.ts'
import type { Rates } from './rate.ts'
import type { PriceChanges } from './reprice-request.ts'

/** What a model of a metadata file costs at other prices, or why the file does not suffice to tell. */
export type RepricedModel =
  | {
      readonly type: 'cost'
      readonly totalUsd: number
      readonly status: CostStatus
      readonly lines: RepricedLine[]
      /** Why the cost, or a part of it, is not known. */
      readonly reason?: string
    }
  | { readonly type: 'unknown'; readonly reason: string }

export interface RepricedLine {
  readonly tokenClass: TokenClass
  readonly tokens: number
  readonly usdPerMillion: number
  readonly usd: number
}

interface Part {
  readonly usage: Usage
  readonly tier: string | undefined
  readonly atMs: number
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
  const isWhole = cost.status === 'priced' || (cost.status === 'simulated' && (cost.unpriced_requests ?? 0) === 0)
  const parts = isWhole && receipts.length > 0 ? receipts.map(partOf) : partsOfTokens(model, startedAtMs)
  if (parts === undefined) return unknown('its cache writes or audio are not told apart')
  return priceParts(parts, { name, model, changes })
}

function priceParts(
  parts: readonly Part[],
  { name, model, changes }: { readonly name: string; readonly model: ModelMetadata; readonly changes: PriceChanges },
): RepricedModel {
  const total: MoneySum = noMoney()
  const lines: RepricedLine[] = []
  let status: CostStatus = 'priced'
  let reason: string | undefined
  for (const { usage, tier, atMs } of parts) {
    const at = changes.atMs ?? atMs
    const query: ModelQuery = { ...queryOf(name, model, changes), serviceTier: changes.tier ?? tier }
    const card = rateCardAt(query, at)
    if (card.type === 'no-rate-card' && card.hourly !== undefined) return unknown('its machine is paid by the hour')
    if (card.type === 'rate-card' && mayReachStep(card.rates, usage)) {
      return unknown('its price depends on the length of each prompt')
    }
    const cost = priceRequest({ ...query, usage, at })
    addMoney(total, cost.picodollars)
    if (cost.status !== 'free') reason ??= cost.reason
    if (cost.status !== 'priced') status = parts.length === 1 ? cost.status : 'partial'
    for (const { tokenClass, tokens, usdPerMillion, picodollars } of cost.lines) {
      lines.push({ tokenClass, tokens, usdPerMillion, usd: picodollars / 1e12 })
    }
  }
  return {
    type: 'cost',
    totalUsd: usdOf(total),
    status: model.cost.status === 'simulated' ? 'simulated' : status,
    lines,
    ...(reason === undefined ? {} : { reason }),
  }
}

// No prompt of a run is longer than all of them together.
function mayReachStep(rates: Rates, usage: Usage): boolean {
  const prompts = promptTokensOf(usage) ?? 0
  return Object.values(rates).some(
    (rate) => typeof rate !== 'number' && rate.steps.some(({ abovePromptTokens }) => prompts > abovePromptTokens),
  )
}

function queryOf(name: string, model: ModelMetadata, { models, prices }: PriceChanges): ModelQuery {
  const sent = model.upstream_model ?? name
  const other = models?.get(name) ?? models?.get(sent)
  if (other !== undefined) return { model: other, prices }
  const url = [model.model_url ?? []].flat()[0]
  return { model: sent, alias: name, provider: model.provider ?? undefined, modelType: model.model_type, url, prices }
}

function partOf({ classes, tier, price_date }: ReceiptMetadata): Part {
  const usage: { [C in TokenClass]?: number } = { input: 0 }
  for (const { token_class, tokens } of classes) {
    const tokenClass = tokenClasses.find((known) => known === token_class)
    if (tokenClass !== undefined) usage[tokenClass] = (usage[tokenClass] ?? 0) + tokens
  }
  return { usage, tier, atMs: Date.parse(`${price_date}T12:00:00Z`) }
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
