import { picodollarsPerUsd, usdOf } from './cost.ts'
import { costStatusBlock, totalUsdOf } from './cost-blocks.ts'
import { usesStatedFigures } from './node-summary.ts'
import type { RecordTotals } from './record-totals.ts'
import { callBlock, requestBlock, tokenClassBlock } from './request-blocks.ts'
import type { RequestTotals } from './request-totals.ts'
import { ratio, roundedSeconds, roundedUsd } from './rounding.ts'
import { noNode, type RunTotals } from './run-totals.ts'
import type { Metadata } from './schema.ts'
import { countsBlock, latencyBlock, perSecond, statisticsBlock } from './statistics-block.ts'

/** `aggregate_statistics`: the run as a whole. */
export function aggregateSummary(totals: RunTotals, wallSeconds: number): Metadata['aggregate_statistics'] {
  const requests = totals.allRequests()
  const { records } = totals
  const cost = totals.costOfAll()
  const totalUsd = totalUsdOf(cost)
  return {
    records: {
      total_processed: records.processed,
      total_failed: records.failed,
      success_rate: ratio(records.processed - records.failed, records.processed),
      ...(records.errorTypes.size > 0 ? { error_types: countsBlock(records.errorTypes) } : {}),
    },
    tokens: {
      total_prompt_tokens: requests.tokens.prompt,
      total_completion_tokens: requests.tokens.completion,
      total_tokens: requests.tokens.total,
      ...tokenClassBlock(requests.tokens),
    },
    requests: {
      ...requestBlock(requests),
      ...(requests.inFlight > 0 ? { in_flight_requests: requests.inFlight } : {}),
    },
    cost: {
      total_cost_usd: roundedUsd(totalUsd),
      average_cost_per_record: roundedUsd(ratio(totalUsd, records.processed)),
      ...costStatusBlock(cost),
    },
    calls: callBlock(requests),
    unattributed: unattributedBlock(totals, cost.isRehearsal),
    throughput: throughputBlock(records, requests, wallSeconds),
    cost_per_record: {
      ...statisticsBlock(records.cost, usdOfPicodollars),
      dearest: records.dearest.entries.map(({ id, value }) => ({ record_id: id, cost_usd: usdOfPicodollars(value) })),
    },
    latency_per_record: {
      ...latencyBlock(records.latency),
      slowest: records.slowest.entries.map(({ id, value }) => ({
        record_id: id,
        duration_seconds: roundedSeconds(value),
      })),
    },
    waste: wasteBlock(records, requests),
  }
}

function usdOfPicodollars(picodollars: number): number {
  return roundedUsd(picodollars / picodollarsPerUsd)
}

/** What belongs to no node. Tokens that a caller stated for a node without requests of its own are taken from here. */
function unattributedBlock(totals: RunTotals, isRehearsal: boolean) {
  const own = totals.requestsOfNode(noNode)
  // A machine has no requests of its own here: whether it was a rehearsal, the run tells.
  const ownUsd = totalUsdOf(totals.costOutsideNodes(), own.requests > 0 ? own.cost.isRehearsal : isRehearsal)
  const claimed = { prompt: 0, completion: 0, total: 0, usd: 0 }
  for (const [name, node] of totals.nodes) {
    if (!usesStatedFigures(totals.requestsOfNode(name))) continue
    claimed.prompt += node.statedTokens.prompt
    claimed.completion += node.statedTokens.completion
    claimed.total += node.statedTokens.total
    claimed.usd += usdOf(node.statedCost)
  }
  return {
    requests: requestBlock(own),
    total_prompt_tokens: Math.max(0, own.tokens.prompt - claimed.prompt),
    total_completion_tokens: Math.max(0, own.tokens.completion - claimed.completion),
    total_tokens: Math.max(0, own.tokens.total - claimed.total),
    total_cost_usd: Math.max(0, roundedUsd(ownUsd - claimed.usd)),
  }
}

function throughputBlock(records: RecordTotals, requests: RequestTotals, wallSeconds: number) {
  const wallMicroseconds = wallSeconds * 1e6
  return {
    records_per_second: perSecond(records.processed, wallMicroseconds),
    requests_per_second: perSecond(requests.requests, wallMicroseconds),
    completion_tokens_per_second: perSecond(requests.tokens.completion, wallMicroseconds),
  }
}

function wasteBlock(records: RecordTotals, requests: RequestTotals) {
  return {
    failed_attempts: {
      requests: requests.failedAttempts,
      seconds: roundedSeconds(requests.failedMicroseconds),
      cost_usd: roundedUsd(usdOf(requests.failedCost)),
    },
    retry_waits: { seconds: roundedSeconds(requests.waitMicroseconds) },
    truncated_answers: { requests: requests.truncated, cost_usd: roundedUsd(usdOf(requests.truncatedCost)) },
    aborted_streams: { requests: requests.aborted, cost_usd: roundedUsd(usdOf(requests.abortedCost)) },
    failed_records: {
      records: records.failed,
      seconds: roundedSeconds(records.failedMicroseconds),
      cost_usd: roundedUsd(usdOf(records.failedCost)),
    },
  }
}
