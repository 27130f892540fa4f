import { exactUsd, isFeeLine } from '../../metadata/cost.ts'
import type { Metadata, NodeMetadata, TokenStatistics } from '../../metadata/schema.ts'
import type { TokenClass } from '../../metadata/usage.ts'
import type { RepricedModel } from './reprice-model.ts'

type Repriced = Extract<RepricedModel, { readonly type: 'cost' }>

/** What each node spent on a model at other prices, and what was spent on it outside nodes. */
export type ModelShares =
  | { readonly type: 'shares'; readonly nodes: ReadonlyMap<string, number>; readonly outsideUsd: number }
  | { readonly type: 'unknown'; readonly reason: string }

/**
 * Shares out what a model costs among the places that called it: all of it to an only place, the price of its own tokens
 * to a node that called nothing else, what it was to each where no price has changed, and the rest to the last one.
 */
export function sharesOfModel(name: string, repriced: Repriced, { models, nodes }: Metadata): ModelShares {
  const callers = Object.entries(nodes).filter(([, node]) => (node.models?.[name]?.total_requests ?? 0) > 0)
  const inNodes = callers.reduce((sum, [, node]) => sum + (node.models?.[name]?.total_requests ?? 0), 0)
  const outside = (models[name]?.performance.total_requests ?? 0) - inNodes
  if (outside < 0) return unknown('the requests of its nodes are more than its own')
  const [only] = callers
  if (only === undefined) return { type: 'shares', nodes: new Map(), outsideUsd: repriced.totalUsd }
  if (callers.length === 1 && outside === 0) {
    return { type: 'shares', nodes: new Map([[only[0], repriced.totalUsd]]), outsideUsd: 0 }
  }
  const rates = ratesOf(repriced)
  const isUnchanged = repriced.parts.every(hasItsPrices)
  const known = new Map<string, number>()
  for (const [node, metadata] of callers) {
    const usd = usdOfTokens(metadata, rates) ?? (isUnchanged ? metadata.models?.[name]?.total_cost_usd : undefined)
    if (usd !== undefined) known.set(node, usd)
  }
  return withRest({ known, callers: callers.map(([node]) => node), outside, totalUsd: repriced.totalUsd })
}

function withRest(shared: {
  readonly known: ReadonlyMap<string, number>
  readonly callers: readonly string[]
  readonly outside: number
  readonly totalUsd: number
}): ModelShares {
  const { known, callers, outside, totalUsd } = shared
  const open = callers.filter((node) => !known.has(node))
  const rest = exactUsd(totalUsd - [...known.values()].reduce((sum, usd) => sum + usd, 0))
  // Shares of a file are rounded to a millionth of a dollar.
  const tolerance = 1e-6 * callers.length
  const [last] = open
  if (open.length + (outside > 0 ? 1 : 0) > 1) {
    const places = [...open, ...(outside > 0 ? ['requests outside nodes'] : [])]
    return unknown(`how its tokens are shared among ${places.join(' and ')} is not in the file`)
  }
  const isAllShared = last === undefined && outside === 0
  if (rest < -tolerance || (isAllShared && rest > tolerance)) return unknown('the costs of its nodes do not add up')
  if (last !== undefined) {
    return { type: 'shares', nodes: new Map([...known, [last, Math.max(0, rest)]]), outsideUsd: 0 }
  }
  return { type: 'shares', nodes: known, outsideUsd: isAllShared ? 0 : Math.max(0, rest) }
}

/** The price of each class that the model used; undefined where a class has several, or there are fees. */
function ratesOf({ lines }: Repriced): ReadonlyMap<TokenClass, number> | undefined {
  const rates = new Map<TokenClass, number>()
  for (const line of lines) {
    // What fees a node had is not in the file.
    if ('unit' in line) return undefined
    const { tokenClass, usdPerMillion } = line
    if ((rates.get(tokenClass) ?? usdPerMillion) !== usdPerMillion) return undefined
    rates.set(tokenClass, usdPerMillion)
  }
  return rates
}

// A node's tokens are of one model only where it called no other, and its file tells some classes only together.
function usdOfTokens(node: NodeMetadata, rates: ReadonlyMap<TokenClass, number> | undefined): number | undefined {
  const tokens = node.token_statistics
  if (rates === undefined || Object.keys(node.models ?? {}).length !== 1) return undefined
  if (tokens === undefined) return 0
  const classes = classesOf(tokens, rates)
  const usd = classes?.reduce((sum, [tokenClass, count]) => sum + (count * (rates.get(tokenClass) ?? 0)) / 1e6, 0)
  return usd === undefined ? undefined : exactUsd(usd)
}

function classesOf(
  tokens: TokenStatistics,
  rates: ReadonlyMap<TokenClass, number>,
): readonly (readonly [TokenClass, number])[] | undefined {
  const { cached_prompt_tokens, cache_write_tokens, reasoning_tokens, audio_tokens } = tokens
  if (cached_prompt_tokens === undefined || cache_write_tokens === undefined) return undefined
  if (reasoning_tokens === undefined || audio_tokens === undefined) return undefined
  const hasBoth = (one: TokenClass, other: TokenClass) => rates.has(one) && rates.has(other)
  const hasPictures = rates.has('inputImage') || rates.has('inputVideo') || rates.has('outputImage')
  if (hasPictures || hasBoth('inputAudio', 'outputAudio')) return undefined
  const write = hasBoth('cacheWrite5m', 'cacheWrite1h')
    ? undefined
    : rates.has('cacheWrite1h')
      ? 'cacheWrite1h'
      : 'cacheWrite5m'
  if (write === undefined) return undefined
  const isAudioIn = rates.has('inputAudio')
  const input = tokens.total_prompt_tokens - cached_prompt_tokens - cache_write_tokens - (isAudioIn ? audio_tokens : 0)
  const output = tokens.total_completion_tokens - reasoning_tokens - (isAudioIn ? 0 : audio_tokens)
  return [
    ['input', input],
    ['cacheRead', cached_prompt_tokens],
    [write, cache_write_tokens],
    [isAudioIn ? 'inputAudio' : 'outputAudio', audio_tokens],
    ['output', output],
    ['reasoning', reasoning_tokens],
  ]
}

function hasItsPrices({ receipt, cost }: Repriced['parts'][number]): boolean {
  const priceOf = (what: string, usd: number) => `${what} ${usd}`
  const before = [
    ...(receipt?.classes ?? []).map((line) => priceOf(line.token_class, line.usd_per_million)),
    ...(receipt?.fees ?? []).map((fee) => priceOf(fee.unit, fee.usd_per_unit)),
  ]
  const after = cost.lines.map((line) =>
    isFeeLine(line) ? priceOf(line.unit, line.usdPerUnit) : priceOf(line.tokenClass, line.usdPerMillion),
  )
  return before.length === after.length && after.every((price) => before.includes(price))
}

function unknown(reason: string): ModelShares {
  return { type: 'unknown', reason }
}
