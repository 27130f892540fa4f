import {
  type CostLine,
  type CostStatus,
  type PriceReference,
  picodollarsOf,
  type RequestCost,
} from '../metadata/cost.ts'
import { promptTokensOf, type TokenClass, tokenClasses, type Usage } from '../metadata/usage.ts'
import { type Rate, usdPerMillionAt } from './rate.ts'
import type { NoRateCard, RateCard } from './rate-card.ts'

/** What the tokens of a request cost at a rate card: a line for each class, in whole picodollars. */
export function costOfUsage(usage: Usage, card: RateCard | NoRateCard): RequestCost {
  const fault = faultOf(usage)
  if (card.type === 'no-rate-card') {
    const { status, reason, hourly } = card
    return hourly === undefined ? { ...nothing, status, reason } : { ...nothing, status: 'partial', reason, hourly }
  }
  if (fault !== undefined) return unpriced(fault)
  const promptTokens = promptTokensOf(usage)
  const lines: CostLine[] = []
  const missing: TokenClass[] = []
  let picodollars = 0
  for (const tokenClass of tokenClasses) {
    const tokens = usage[tokenClass]
    if (tokens === undefined || tokens === 0) continue
    const rate = card.rates[tokenClass]
    if (rate === undefined) {
      missing.push(tokenClass)
      continue
    }
    const line = lineOf(tokenClass, tokens, { rate, promptTokens: promptTokens ?? 0 })
    lines.push(line)
    picodollars += line.picodollars
  }
  const reason = reasonOf(card, missing, promptTokens)
  if (reason === undefined) return { status: 'priced', picodollars, price: card.price, lines }
  const unpricedClasses = missing.length === 0 ? undefined : missing
  if (lines.length === 0) return { ...nothing, status: 'unpriced', unpricedClasses, reason }
  return { status: 'partial', picodollars, price: card.price, lines, unpricedClasses, reason }
}

/**
 * The same cost where the provider stated another one, which then counts, or where the request was a rehearsal. Ours is
 * kept beside a stated one; a statement that is no amount of money is ignored.
 */
export function withOrigin(cost: RequestCost, origin: CostOrigin): RequestCost {
  const { isSimulated, reportedUsd } = origin
  if (isSimulated === true) return rehearsed(cost)
  const picodollars = reportedUsd === undefined ? -1 : picodollarsOf(reportedUsd)
  if (!Number.isSafeInteger(picodollars) || picodollars < 0) return cost
  const { hourly, ...ofTokens } = cost
  const calculatedPicodollars = hasPrice(cost.status) && hourly === undefined ? cost.picodollars : undefined
  return { ...ofTokens, price: cost.price ?? origin.price, status: 'reported', picodollars, calculatedPicodollars }
}

interface CostOrigin {
  readonly isSimulated?: boolean
  readonly reportedUsd?: number
  /** What a receipt names where the provider stated the cost and there is no price of ours. */
  readonly price?: PriceReference
}

function rehearsed(cost: RequestCost): RequestCost {
  switch (cost.status) {
    case 'partial':
    case 'unpriced':
    case 'free':
      return { ...cost, status: 'simulated', rehearsedStatus: cost.status }
    case 'priced':
    case 'reported':
    case 'simulated':
      return { ...cost, status: 'simulated' }
    default:
      return cost.status satisfies never
  }
}

/** No cost, and why. */
export function unpriced(reason: string): RequestCost {
  return { ...nothing, status: 'unpriced', reason }
}

const nothing = { picodollars: 0, lines: [] } as const

function lineOf(
  tokenClass: TokenClass,
  tokens: number,
  { rate, promptTokens }: { readonly rate: Rate; readonly promptTokens: number },
): CostLine {
  const usdPerMillion = usdPerMillionAt(rate, promptTokens)
  // One millionth of a dollar is 1e6 picodollars.
  return { tokenClass, tokens, usdPerMillion, picodollars: Math.round(tokens * usdPerMillion * 1e6) }
}

function reasonOf(
  card: RateCard,
  missing: readonly TokenClass[],
  promptTokens: number | undefined,
): string | undefined {
  const { provider, product, tier } = card.price
  if (missing.length > 0) {
    const ofTier = tier === 'standard' ? '' : ` in tier ${tier}`
    return `no price of ${provider}'s ${product}${ofTier} for ${missing.map(wordsOf).join(', ')}`
  }
  if (promptTokens === undefined) return 'the answer did not report its input tokens'
  return card.extraCharge
}

/** A class of tokens in words for people. */
export function wordsOf(tokenClass: TokenClass): string {
  return words[tokenClass]
}

const words: Readonly<Record<TokenClass, string>> = {
  input: 'input',
  cacheRead: 'cached input',
  cacheWrite5m: 'cache writes (5 minutes)',
  cacheWrite1h: 'cache writes (1 hour)',
  inputAudio: 'audio input',
  inputImage: 'image input',
  output: 'output',
  reasoning: 'reasoning',
  outputAudio: 'audio output',
}

function faultOf(usage: Usage): string | undefined {
  let isReported = false
  for (const tokenClass of tokenClasses) {
    const tokens = usage[tokenClass]
    if (tokens === undefined) continue
    isReported = true
    if (!(tokens >= 0 && tokens <= Number.MAX_SAFE_INTEGER))
      return `${wordsOf(tokenClass)} is ${tokens}, not a number of tokens`
  }
  return isReported ? undefined : 'the answer reported no usage'
}

function hasPrice(status: CostStatus): boolean {
  return status === 'priced' || status === 'partial'
}
