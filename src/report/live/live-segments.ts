import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { isOpenBatch } from '../../metadata/sent-work.ts'
import { costStatusBlock } from '../../metadata/summary/cost-blocks.ts'
import { totalUsdOf } from '../../metadata/totals/cost-totals.ts'
import { type CostBlock, formatAvoidedMoney, formatCost, formatDerivedCost } from '../text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatRate,
  formatSeconds,
  formatUsd,
} from '../text/format-values.ts'
import { safeText } from '../text/safe-text.ts'
import type { Cell } from '../text/section.ts'
import { projectCost, recordsPerSecond, secondsLeft, tokensPerSecond } from './live-figures.ts'
import type { LiveNode, LiveState, LiveWorker, RequestLimit } from './live-state.ts'

// What the lines of the live view are made of, the most telling first: the last ones give way in a narrow terminal.

/** How many requests are in flight, how many may be, and why not more. */
export interface Concurrency {
  readonly running: number
  readonly limit: number
  readonly reason?: string
}

/** Records and their rate; nothing of a program that is watched and has none. */
export function recordSegments(
  state: LiveState,
  { nowMs, totalRecords }: { readonly nowMs: number; readonly totalRecords?: number },
): Cell[] {
  const isProgram = [...state.workers.values()].some(({ program }) => program !== undefined)
  if (isProgram && state.records === 0) return []
  const left = secondsLeft(state, totalRecords, nowMs)
  const of = totalRecords === undefined ? '' : `/${formatCount(totalRecords)}`
  const noun = (totalRecords ?? state.records) === 1 ? 'record' : 'records'
  return [
    `${formatCount(state.records)}${of} ${noun}`,
    ...(left === undefined ? [] : [`${formatSeconds(left)} left`]),
    ...(state.failedRecords > 0 ? [bad(`${formatCount(state.failedRecords)} failed`)] : []),
    ...(totalRecords ? [formatPercent(state.records / totalRecords)] : []),
    formatRate(recordsPerSecond(state, nowMs)),
  ]
}

export function requestSegments(state: LiveState, running: number | undefined): Cell[] {
  const failures = Math.max(0, state.failures)
  return [
    ...(running === undefined ? [] : [`${formatCount(running)} running`]),
    `${formatCount(state.answered)} ok`,
    `${formatCount(state.retries)} retried`,
    failures > 0 ? bad(`${formatCount(failures)} failed`) : '0 failed',
  ]
}

export function tokenSegments(state: LiveState, nowMs: number): Cell[] {
  return [
    `${formatCount(state.promptTokens)} in`,
    `${formatCount(state.completionTokens)} out`,
    formatRate(tokensPerSecond(state, nowMs), 'out'),
  ]
}

export function costSegments(state: LiveState, totalRecords: number | undefined): Cell[] {
  const total = state.cost.withBusyTime(state.busy.all())
  const cost: CostBlock = { total_cost_usd: totalUsdOf(total), ...costStatusBlock(total) }
  const projected = cost.status === 'unpriced' ? undefined : projectCost(state, totalRecords)
  const now = formatCost(cost, state.requests, [...state.unpricedCauses])
  if (projected === undefined) return [now]
  const whole = `${formatDerivedCost(projected.usd, cost)} for all ${formatCount(totalRecords)}`
  const { interval } = projected
  if (interval === undefined) return [now, whole]
  return [now, whole, `80% between ${formatUsd(interval.fromUsd)} and ${formatUsd(interval.toUsd)}`]
}

/** The batches at providers by what has become of them, and how far those are that are waited for. */
export function batchSegments({ batches }: LiveState): Cell[] {
  const counts = new Map<string, number>()
  let [lines, answered] = [0, 0]
  for (const batch of batches.values()) {
    counts.set(batch.state, (counts.get(batch.state) ?? 0) + 1)
    if (!isOpenBatch(batch)) continue
    lines += batch.lines
    answered += batch.answered ?? 0
  }
  const states = [...counts].map(([state, count]): Cell => {
    const told = `${formatCount(count)} ${state}`
    return state === 'failed' ? bad(told) : told
  })
  return lines === 0 ? states : [...states, `${formatCount(answered)} of ${formatQuantity(lines, 'call')} answered`]
}

/** What the cache has answered: none of it was asked for or spent. */
export function avoidedSegments({ avoided }: LiveState): Cell[] {
  const { requests, picodollars, rehearsedPicodollars, unpricedRequests } = avoided
  const money = formatAvoidedMoney({
    cost_usd: picodollars / picodollarsPerUsd,
    simulated_cost_usd: rehearsedPicodollars / picodollarsPerUsd,
    unpriced_requests: unpricedRequests,
  })
  return [formatQuantity(requests, 'request'), money, 'from the cache']
}

export function latencySegments(latency: LiveState['latency']): Cell[] {
  return [`p50 ${formatSeconds(latency.quantile(0.5))}`, `p95 ${formatSeconds(latency.quantile(0.95))}`]
}

export function concurrencySegments(concurrency: Concurrency | undefined): Cell[] {
  if (concurrency === undefined) return []
  const { running, limit, reason } = concurrency
  const now = `${formatCount(running)} of ${formatQuantity(limit, 'record')}`
  return reason === undefined ? [now] : [now, safeText(reason)]
}

const limitReasons: Record<RequestLimit['reason'], string> = {
  start: '',
  'rate-limit': ', fewer because of 429',
  growth: ', growing again',
  workers: '',
}

export function limitSegments(limits: LiveState['requestLimits']): Cell[] {
  return [...limits].map(
    ([provider, { limit, reason }]) =>
      `${formatQuantity(limit, 'request')} to ${safeText(provider)}${limitReasons[reason] ?? ''}`,
  )
}

/** What is silent for longer than this is worth a word. */
const quietSeconds = 5

export function workerSegments(
  { records, requests, recordRate, inFlight, host, pid, program, lastAtMs }: LiveWorker,
  nowMs: number,
): Cell[] {
  const seconds = recordRate.lengthSeconds(nowMs)
  const silent = (nowMs - lastAtMs) / 1000
  const rate = formatRate(seconds > 0 ? recordRate.amount(nowMs) / seconds : 0)
  return [
    // A process of a program need not know what a record is.
    ...(program === undefined || records > 0 ? [formatQuantity(records, 'record'), rate] : []),
    ...(program === undefined ? [] : [formatQuantity(requests, 'request')]),
    `${formatCount(inFlight)} running`,
    ...(silent >= quietSeconds ? [`last heard ${formatSeconds(silent)} ago`] : []),
    ...(program === undefined ? [] : [safeText(program)]),
    ...(host === undefined ? [] : [`${safeText(host)} ${pid ?? ''}`.trim()]),
  ]
}

export function nodeSegments({ executions, failures, latency }: LiveNode): Cell[] {
  return [
    `${formatCount(executions)} done`,
    ...(failures > 0 ? [bad(`${formatCount(failures)} failed`)] : []),
    ...latencySegments(latency),
  ]
}

function bad(text: string): Cell {
  return { text, tone: 'bad' }
}
