import { picodollarsPerUsd } from '../cost.ts'
import { runCostFigures } from '../figures/cost-figures.ts'
import { type Figures, numbersOf } from '../figures/figure.ts'
import {
  duplicatedRecordFigures,
  failedRecordFigures,
  recordCosts,
  recordErrors,
  recordFigures,
  recordTimes,
} from '../figures/record-figures.ts'
import {
  callDurations,
  callFigures,
  requestFigures,
  runRequestFigures,
  wasteFigures,
} from '../figures/request-figures.ts'
import { throughputFigures } from '../figures/run-figures.ts'
import { tokenFigures, totalTokenFigures } from '../figures/token-figures.ts'
import { noNode, type RunTotals } from '../run-totals.ts'
import type { Metadata } from '../schema.ts'
import { roundedSeconds, roundedUsd } from '../statistics/rounding.ts'
import { totalUsdOf } from '../totals/cost-totals.ts'
import { outsideAgentsBlock } from './actor-summary.ts'
import { avoidedBlock, costStatusBlock } from './cost-blocks.ts'
import { usesStatedFigures } from './node-summary.ts'
import { countsBlock, latencyBlock, statisticsBlock } from './statistics-block.ts'

/** `aggregate_statistics`: the run as a whole. */
export function aggregateSummary(totals: RunTotals, wallSeconds: number): Metadata['aggregate_statistics'] {
  const all = totals.allRequests()
  const cost = totals.costOfAll(all)
  const { isRehearsal } = cost
  const requestNumbers = <const Rows extends Figures<unknown>>(rows: Rows) =>
    numbersOf(rows, { totals: undefined, measured: all.measured, isRehearsal })
  const records = recordNumbers(totals, recordFigures)
  const tokens = requestNumbers(tokenFigures)
  const requests = requestNumbers(runRequestFigures)
  const known = new Map([
    ['execution.timing.duration_seconds', wallSeconds],
    ['aggregate_statistics.records.total_processed', records.total_processed],
    ['aggregate_statistics.requests.total_requests', requests.total_requests],
    ['aggregate_statistics.tokens.total_completion_tokens', tokens.total_completion_tokens],
  ])
  const other = (path: string) => known.get(path)
  const errors = totals.records.ends.countsOf(recordErrors)
  return {
    records: { ...records, ...(errors.size > 0 ? { error_types: countsBlock(errors) } : {}) },
    tokens,
    requests,
    cost: {
      ...numbersOf(runCostFigures, { totals: { cost, isRehearsal }, other }),
      ...costStatusBlock(cost),
    },
    calls: { ...requestNumbers(callFigures), latency_statistics: latencyBlock(all.ends.distributionOf(callDurations)) },
    ...avoidedBlock(all),
    unattributed: unattributedBlock(totals, isRehearsal),
    ...outsideAgentsBlock(totals),
    throughput: numbersOf(throughputFigures, { totals: undefined, other }),
    ...recordDistributions(totals),
    waste: {
      failed_attempts: requestNumbers(wasteFigures.failed_attempts),
      retry_waits: requestNumbers(wasteFigures.retry_waits),
      truncated_answers: requestNumbers(wasteFigures.truncated_answers),
      aborted_streams: requestNumbers(wasteFigures.aborted_streams),
      failed_records: recordNumbers(totals, failedRecordFigures),
      // Where records are handed out to one process only, or to none, none is handed out twice.
      ...(totals.workers.size === 0 || totals.execution.processes.size > 0
        ? {}
        : { duplicated_records: recordNumbers(totals, duplicatedRecordFigures) }),
    },
  }
}

function recordNumbers<const Rows extends Figures<unknown>>({ records }: RunTotals, rows: Rows) {
  return numbersOf(rows, { totals: undefined, measured: records.measured })
}

function recordDistributions({ records }: RunTotals) {
  const usd = (picodollars: number) => roundedUsd(picodollars / picodollarsPerUsd)
  return {
    cost_per_record: {
      ...statisticsBlock(records.ends.distributionOf(recordCosts), usd),
      dearest: records.mostExpensive.entries.map(({ id, value }) => ({ record_id: id, cost_usd: usd(value) })),
    },
    latency_per_record: {
      ...latencyBlock(records.ends.distributionOf(recordTimes)),
      slowest: records.slowest.entries.map(({ id, value }) => ({
        record_id: id,
        duration_seconds: roundedSeconds(value),
      })),
    },
  }
}

/** What belongs to no node. Tokens that a caller stated for a node without requests of its own are taken from here. */
function unattributedBlock(totals: RunTotals, isRehearsal: boolean) {
  const own = totals.requestsOfNode(noNode)
  // A machine has no requests of its own here: whether it was a rehearsal, the run tells.
  const ownUsd = totalUsdOf(totals.costOutsideNodes(), own.requests > 0 ? own.cost.isRehearsal : isRehearsal)
  const stated = [...totals.nodes].flatMap(([name, node]) =>
    usesStatedFigures(totals.requestsOfNode(name)) ? [node] : [],
  )
  const tokens = numbersOf(totalTokenFigures, {
    totals: undefined,
    measured: (measure) =>
      Math.max(
        0,
        stated.reduce((rest, node) => rest - node.measured(measure), own.measured(measure)),
      ),
  })
  return {
    requests: numbersOf(requestFigures, { totals: undefined, measured: own.measured }),
    ...tokens,
    total_cost_usd: Math.max(0, roundedUsd(stated.reduce((rest, { statedUsd }) => rest - statedUsd, ownUsd))),
  }
}
