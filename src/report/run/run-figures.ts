import type {
  CallStatistics,
  LatencyStatistics,
  Metadata,
  ModelMetadata,
  NodeMetadata,
  ReceiptMetadata,
} from '../../metadata/schema.ts'
import { formatCount, formatQuantity, formatUsd } from '../text/format-values.ts'

/**
 * Latency of the run's calls, from the first try to the final answer. Files of format 1.0.0 know no calls: there it is the
 * latency of the requests of the only model. Undefined when the file does not say, or nothing was answered.
 */
export function callLatencyOf(metadata: Metadata): LatencyStatistics | undefined {
  const { calls } = metadata.aggregate_statistics
  if (calls !== undefined) return statisticsOfCalls(calls, metadata.aggregate_statistics.requests)
  const models = Object.values(metadata.models).filter(({ performance }) => performance.total_requests > 0)
  const [only] = models
  return models.length === 1 ? only?.performance.latency_statistics : undefined
}

/** Undefined where no provider answered: nothing was, or all of it by the cache of a gateway, or later. */
export function statisticsOfCalls(
  calls: CallStatistics | undefined,
  {
    gateway_cache_hits = 0,
    deferred_requests = 0,
  }: { readonly gateway_cache_hits?: number | undefined; readonly deferred_requests?: number | undefined } = {},
): LatencyStatistics | undefined {
  if (calls === undefined || calls.succeeded === 0) return undefined
  const isWithoutTimes = gateway_cache_hits + deferred_requests > 0
  return isWithoutTimes && calls.latency_statistics.max === 0 ? undefined : calls.latency_statistics
}

/** Latency of a model's requests; undefined where none reached the provider, or all were told of later. */
export function requestLatencyOf({ performance }: ModelMetadata): LatencyStatistics | undefined {
  const { total_requests, gateway_cache_hits = 0, deferred_requests = 0, latency_statistics } = performance
  return total_requests > gateway_cache_hits + deferred_requests ? latency_statistics : undefined
}

/** What gateways answered from their caches, in a line, with what that saved; undefined where they did not. */
export function gatewayCacheText({
  gateway_cache_hits = 0,
  gateway_cache_saved_usd = 0,
  unpriced_gateway_cache_hits = 0,
}: GatewayCacheFigures): string | undefined {
  if (gateway_cache_hits === 0) return undefined
  const hits = formatQuantity(gateway_cache_hits, 'hit')
  if (unpriced_gateway_cache_hits === 0) return `${hits}, saved ${formatUsd(gateway_cache_saved_usd)}`
  if (gateway_cache_saved_usd === 0) return `${hits}, what was saved is not known`
  const unknown = `not known, or not whole, for ${formatCount(unpriced_gateway_cache_hits)}`
  return `${hits}, saved ≥ ${formatUsd(gateway_cache_saved_usd)} (${unknown})`
}

interface GatewayCacheFigures {
  readonly gateway_cache_hits?: number | undefined
  readonly gateway_cache_saved_usd?: number | undefined
  readonly unpriced_gateway_cache_hits?: number | undefined
}

/** True when the run went to its end. Files of format 1.0.0 have no status, and an end time only when they ended. */
export function isFinished({ status, execution }: Metadata): boolean {
  return status === undefined ? execution.timing.end_time !== null : status === 'complete'
}

/** The status in a word; files of format 1.0.0 say only whether they ended. */
export function statusOf(metadata: Metadata): 'running' | 'complete' | 'interrupted' | 'failed' | 'unfinished' {
  return metadata.status ?? (isFinished(metadata) ? 'complete' : 'unfinished')
}

/**
 * Why costs are unknown: the models that have no price, and where an answer did not report what it used, that; of a node for
 * the models that it uses.
 */
export function unpricedCausesOf({ models }: Metadata, node?: NodeMetadata): string[] {
  const causes = Object.entries(models).flatMap(([name, { cost }]) => {
    const isUnknown = cost.status === 'unpriced' || (cost.unpriced_requests ?? 0) > 0 || cost.is_lower_bound
    if (!isUnknown || (node?.models && !(name in node.models))) return []
    const reasons = cost.unpriced_reasons ?? []
    return reasons.length === 0 ? [name] : reasons.map(({ reason }) => unpricedCause(name, reason))
  })
  return [...new Set(causes)]
}

/** A model that has no price is named; where the answer did not say what was used, no price could help. */
export function unpricedCause(model: string, reason: string | undefined): string {
  return reason !== undefined && /^the (?:answer|usage) /.test(reason) ? reason : model
}

/** Attempts by response code, all models together, in ascending order of code. */
export function responseCodesOf(metadata: Metadata): Map<string, number> {
  const codes = new Map<string, number>()
  for (const model of Object.values(metadata.models)) {
    for (const [code, count] of Object.entries(model.response_code_distribution)) {
      codes.set(code, (codes.get(code) ?? 0) + count)
    }
  }
  return new Map([...codes].sort(([a], [b]) => Number(a) - Number(b)))
}

/** The commit in seven digits, and what else is known of the task's folder in git. */
export function gitTextOf({ execution: { git } }: Metadata): string | undefined {
  if (git.commit_hash === null) return undefined
  const branch = git.branch === null ? '' : ` on ${git.branch}`
  return `${git.commit_hash.slice(0, 7)}${branch}${git.is_dirty ? ', with uncommitted changes' : ''}`
}

/**
 * The cost of a run, more exactly than the millionth of a dollar that the file's total is rounded to: the sum of its
 * receipts, where they make up the whole of it.
 */
export function exactCostUsd({ aggregate_statistics: { cost }, models }: Metadata): number {
  return exactly(cost, models)
}

/** The same of one model. */
export function exactModelCostUsd(model: ModelMetadata): number {
  return exactly(model.cost, { model })
}

function exactly(
  { total_cost_usd, status }: Pick<ModelMetadata['cost'], 'total_cost_usd' | 'status'>,
  models: Metadata['models'],
): number {
  const exactUsd = sumOfReceipts(receiptsOf(models, { isRehearsal: status === 'simulated' }))
  return Math.abs(exactUsd - total_cost_usd) < 1e-6 ? exactUsd : total_cost_usd
}

/**
 * What a run did in a second, more exactly than the hundredths that the file's rates are rounded to, which are much of the
 * rate of a slow run; undefined where the file has no rates.
 */
export function exactThroughput({ aggregate_statistics: totals, execution }: Metadata): Throughput | undefined {
  const { throughput, records, requests, tokens } = totals
  const { duration_seconds } = execution.timing
  if (throughput === undefined || !duration_seconds) return throughput
  // The file's duration is rounded too, which is much of a short one.
  const rateOf = (count: number, rate: number) => {
    const exact = count / duration_seconds
    return Math.abs(exact - rate) <= 0.005_001 ? exact : rate
  }
  return {
    records_per_second: rateOf(records.total_processed, throughput.records_per_second),
    requests_per_second: rateOf(requests.total_requests, throughput.requests_per_second),
    completion_tokens_per_second: rateOf(tokens.total_completion_tokens, throughput.completion_tokens_per_second),
  }
}

type Throughput = NonNullable<Metadata['aggregate_statistics']['throughput']>

/** The receipts of money spent, or of what a rehearsal would have cost: the two are never added up. */
export function receiptsOf(
  models: Metadata['models'],
  { isRehearsal }: { readonly isRehearsal: boolean },
): ReceiptMetadata[] {
  const receipts = Object.values(models).flatMap(({ cost }) => cost.receipt ?? [])
  return receipts.filter(({ status }) => (status === 'simulated') === isRehearsal)
}

/** The sum of receipts to 1e-12 USD: added up as whole numbers, because amounts in binary would leave crumbs. */
export function sumOfReceipts(receipts: readonly ReceiptMetadata[]): number {
  const picodollars = receipts.reduce((sum, { total_usd }) => sum + BigInt(Math.round(total_usd * 1e12)), 0n)
  return Number(picodollars) / 1e12
}
