import type { LatencyStatistics, Metadata } from '../../metadata/schema.ts'
import { formatAvoided, formatDerivedCost } from '../text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatRate,
  formatSeconds,
  formatUsd,
} from '../text/format-values.ts'
import type { Cell, PairsSection } from '../text/section.ts'
import { costOfRun, formatRunCost } from './run-cost.ts'
import { callLatencyOf, exactThroughput, gatewayCacheText } from './run-figures.ts'

/** The run as a whole. */
export function totalsSection(metadata: Metadata): PairsSection {
  const totals = metadata.aggregate_statistics
  const { requests } = totals
  const latency = callLatencyOf(metadata)
  const pairs: [string, Cell | undefined][] = [
    ['records', recordsCell(totals.records)],
    ['requests', requestsText(requests)],
    ['gateway cache', gatewayCacheText(requests)],
    ['calls', totals.calls && `${formatCount(totals.calls.total)}, ${formatCount(totals.calls.failed)} failed`],
    ['tokens', tokensText(totals.tokens)],
    ['cost', formatRunCost(metadata)],
    ['avoided', formatAvoided(totals.avoided)],
    ['prices', oldPricesCell(metadata)],
    ['cost per record', perRecordText(metadata)],
    ['throughput', throughputText(exactThroughput(metadata))],
    ['latency of calls', latency && percentiles(latency)],
    ['time per record', recordLatencyText(totals.latency_per_record)],
    ['outside nodes', unattributedText(metadata)],
  ]
  return {
    type: 'pairs',
    title: 'Totals',
    pairs: pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  }
}

// A price list that was old when the run was priced may have missed a change.
function oldPricesCell({ models }: Metadata): Cell | undefined {
  const ages = Object.values(models)
    .flatMap(({ cost }) => cost.receipt ?? [])
    .flatMap(({ listed_on, price_date }) =>
      listed_on === undefined
        ? []
        : [{ listed_on, days: (Date.parse(price_date) - Date.parse(listed_on)) / 86_400_000 }],
    )
    .sort((one, other) => other.days - one.days)
  const [oldest] = ages
  if (oldest === undefined || oldest.days <= oldAfterDays) return undefined
  const text = `from a list of ${oldest.listed_on}, ${Math.floor(oldest.days)} days old at the time; see \`sygra prices MODEL\``
  return { text, tone: 'warning' }
}

const oldAfterDays = 60

type Totals = Metadata['aggregate_statistics']

function recordsCell({ total_processed, total_failed, success_rate }: Totals['records']): Cell {
  if (total_processed === 0) return 'none'
  const text = `${formatCount(total_processed)}, ${formatCount(total_failed)} failed, ${formatPercent(success_rate)} succeeded`
  return total_failed > 0 ? { text, tone: 'warning' } : text
}

function requestsText(requests: Totals['requests']): string {
  const { total_retries, total_failures, failed_attempts, retry_wait_seconds = 0 } = requests
  const retries = total_retries === 1 ? '1 retry' : `${formatCount(total_retries)} retries`
  const parts = [formatCount(requests.total_requests), retries, `${formatCount(total_failures)} failed`]
  if (failed_attempts !== undefined && failed_attempts > 0) {
    parts.push(formatQuantity(failed_attempts, 'failed attempt'))
  }
  if (retry_wait_seconds > 0) parts.push(`${formatSeconds(retry_wait_seconds)} waited for retries`)
  return parts.join(', ')
}

function tokensText(tokens: Totals['tokens']): string {
  const cached = withCount(tokens.cached_prompt_tokens, 'from cache')
  const written = withCount(tokens.cache_write_tokens, 'written to cache')
  const reasoning = withCount(tokens.reasoning_tokens, 'reasoning')
  const input = inBrackets([cached, written])
  const parts = [
    formatCount(tokens.total_tokens),
    `${formatCount(tokens.total_prompt_tokens)} in${input}`,
    `${formatCount(tokens.total_completion_tokens)} out${inBrackets([reasoning])}`,
    withCount(tokens.audio_tokens, 'of them audio'),
    withCount(tokens.requests_without_usage, 'answers without usage'),
    withCount(tokens.estimated_tokens, 'more by estimate'),
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

function perRecordText(metadata: Metadata): string | undefined {
  const { cost, cost_per_record, records } = metadata.aggregate_statistics
  if (records.total_processed === 0) return undefined
  const average = formatDerivedCost(cost.average_cost_per_record, costOfRun(metadata))
  if (cost_per_record === undefined || cost_per_record.max === 0) return average
  return `${average}, p50 ${formatUsd(cost_per_record.p50)}, p95 ${formatUsd(cost_per_record.p95)}`
}

function throughputText(throughput: Totals['throughput']): string | undefined {
  if (throughput === undefined || throughput.requests_per_second + throughput.records_per_second === 0) return undefined
  const { records_per_second, requests_per_second, completion_tokens_per_second } = throughput
  return [
    formatRate(records_per_second, 'records'),
    formatRate(requests_per_second, 'requests'),
    formatRate(completion_tokens_per_second, 'tokens out'),
  ].join(', ')
}

function recordLatencyText(latency: Totals['latency_per_record']): string | undefined {
  return latency === undefined || latency.max === 0 ? undefined : percentiles(latency)
}

function percentiles({ p50, p95, p99 }: LatencyStatistics): string {
  return `p50 ${formatSeconds(p50)}, p95 ${formatSeconds(p95)}, p99 ${formatSeconds(p99)}`
}

function unattributedText({ aggregate_statistics: { unattributed, cost }, nodes }: Metadata): string | undefined {
  if (unattributed === undefined || Object.keys(nodes).length === 0) return undefined
  const { requests, total_tokens, total_cost_usd } = unattributed
  const ownCost = formatDerivedCost(total_cost_usd, cost)
  // Machines that are paid by the hour: requests of all nodes share them.
  if (requests.total_requests === 0) return total_cost_usd > 0 ? `${ownCost} for machines paid by the hour` : undefined
  return `${formatQuantity(requests.total_requests, 'request')}, ${formatQuantity(total_tokens, 'token')}, ${ownCost}`
}

function withCount(count: number | undefined, what: string): string | undefined {
  return count === undefined || count === 0 ? undefined : `${formatCount(count)} ${what}`
}

function inBrackets(parts: readonly (string | undefined)[]): string {
  const present = parts.filter((part) => part !== undefined)
  return present.length > 0 ? ` (${present.join(', ')})` : ''
}
