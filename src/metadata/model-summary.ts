import { costStatusBlock, receiptBlock, totalUsdOf, unpricedReasonsBlock } from './cost-blocks.ts'
import type { CostTotals } from './cost-totals.ts'
import type { ModelOpen } from './event.ts'
import { callBlock, requestBlock, tokenBlock } from './request-blocks.ts'
import type { RequestTotals } from './request-totals.ts'
import { ratio, roundedSeconds, roundedUsd } from './rounding.ts'
import type { ModelMetadata } from './schema.ts'
import { countsBlock, latencyBlock, perSecond, sketchBlock } from './statistics-block.ts'

interface ModelSummaryInput {
  readonly name: string
  readonly opened: readonly ModelOpen[]
  readonly totals: RequestTotals
  /** With the machine's, where that is paid by the hour. */
  readonly cost: CostTotals
}

/** An entry of `models`. */
export function modelSummary({ name, opened, totals, cost }: ModelSummaryInput): ModelMetadata {
  const { total_requests, total_retries, total_failures, failure_rate, failed_attempts, retry_wait_seconds } =
    requestBlock(totals)
  const totalUsd = totalUsdOf(cost)
  return {
    model_name: name,
    model_type: firstOf(opened, 'modelType') ?? null,
    model_url: urlOf(opened),
    token_statistics: tokenBlock(totals.tokens),
    performance: {
      total_requests,
      total_retries,
      total_failures,
      failure_rate,
      total_latency_seconds: roundedSeconds(totals.latency.sum),
      average_latency_seconds: roundedSeconds(ratio(totals.latency.sum, totals.requests)),
      tokens_per_second: perSecond(totals.tokens.completion, totals.successMicroseconds),
      latency_statistics: latencyBlock(totals.latency),
      failed_attempts,
      retry_wait_seconds,
      time_to_first_token_statistics: totals.timeToFirstToken.count > 0 ? latencyBlock(totals.timeToFirstToken) : null,
      error_types: countsBlock(totals.errorTypes),
    },
    cost: {
      total_cost_usd: roundedUsd(totalUsd),
      average_cost_per_request: roundedUsd(ratio(totalUsd, totals.requests)),
      ...costStatusBlock(cost),
      ...unpricedReasonsBlock(cost),
      receipt: receiptBlock(cost),
    },
    response_code_distribution: countsBlock(totals.codes),
    ...parametersOf(opened),
    provider: firstOf(opened, 'provider') ?? null,
    upstream_model: firstOf(opened, 'upstreamModel') ?? null,
    calls: callBlock(totals),
    latency_sketch: sketchBlock(totals.latency),
  }
}

function firstOf(opened: readonly ModelOpen[], key: 'modelType' | 'provider' | 'upstreamModel'): string | undefined {
  return opened.find((open) => open[key] !== undefined)?.[key]
}

function urlOf(opened: readonly ModelOpen[]): string | string[] | null {
  const urls = [...new Set(opened.flatMap(({ url }) => url ?? []))]
  return urls.length > 1 ? urls : (urls[0] ?? null)
}

function parametersOf(opened: readonly ModelOpen[]): Pick<ModelMetadata, 'parameters' | 'parameter_sets'> {
  const sets = new Map(
    opened.flatMap(({ parameters }) => (parameters ? [[JSON.stringify(parameters), parameters]] : [])),
  )
  const all = [...sets.values()]
  return { parameters: all[0] ?? {}, ...(all.length > 1 ? { parameter_sets: all } : {}) }
}
