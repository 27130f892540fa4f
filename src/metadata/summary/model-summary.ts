import type { ModelOpen } from '../event.ts'
import { modelCostFigures } from '../figures/cost-figures.ts'
import { type Figures, numbersOf } from '../figures/figure.ts'
import {
  callDurations,
  callFigures,
  firstTokenTimes,
  performanceFigures,
  requestDurations,
  requestErrors,
  responseCodes,
} from '../figures/request-figures.ts'
import { tokenStatisticsFigures } from '../figures/token-figures.ts'
import type { ModelMetadata } from '../schema.ts'
import type { CostTotals } from '../totals/cost-totals.ts'
import type { RequestTotals } from '../totals/request-totals.ts'
import { avoidedBlock, costStatusBlock, receiptBlock, unpricedReasonsBlock } from './cost-blocks.ts'
import { countsBlock, latencyBlock, sketchBlock } from './statistics-block.ts'

interface ModelSummaryInput {
  readonly name: string
  readonly opened: readonly ModelOpen[]
  readonly totals: RequestTotals
  /** With the machine's, where that is paid by the hour. */
  readonly cost: CostTotals
}

/** An entry of `models`. */
export function modelSummary({ name, opened, totals, cost }: ModelSummaryInput): ModelMetadata {
  const numbers = <const Rows extends Figures<unknown>>(rows: Rows) =>
    numbersOf(rows, { totals: undefined, measured: totals.measured })
  const { failed_attempts, retry_wait_seconds, ...performance } = numbers(performanceFigures)
  const firstTokens = totals.ends.distributionOf(firstTokenTimes)
  const latency = totals.ends.distributionOf(requestDurations)
  return {
    model_name: name,
    model_type: firstOf(opened, 'modelType') ?? null,
    model_url: urlOf(opened),
    token_statistics: numbers(tokenStatisticsFigures),
    performance: {
      ...performance,
      latency_statistics: latencyBlock(latency),
      failed_attempts,
      retry_wait_seconds,
      time_to_first_token_statistics: firstTokens.count > 0 ? latencyBlock(firstTokens) : null,
      error_types: countsBlock(totals.ends.countsOf(requestErrors)),
    },
    cost: {
      ...numbersOf(modelCostFigures, {
        totals: { cost, isRehearsal: cost.isRehearsal },
        other: (path) => (path === 'performance.total_requests' ? totals.requests : undefined),
      }),
      ...costStatusBlock(cost),
      ...unpricedReasonsBlock(cost),
      receipt: receiptBlock(cost),
    },
    response_code_distribution: countsBlock(totals.ends.countsOf(responseCodes)),
    ...parametersOf(opened),
    provider: firstOf(opened, 'provider') ?? null,
    upstream_model: firstOf(opened, 'upstreamModel') ?? null,
    calls: { ...numbers(callFigures), latency_statistics: latencyBlock(totals.ends.distributionOf(callDurations)) },
    ...avoidedBlock(totals),
    latency_sketch: sketchBlock(latency),
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
