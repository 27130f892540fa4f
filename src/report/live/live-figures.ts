import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { totalUsdOf } from '../../metadata/totals/cost-totals.ts'
import type { LiveState, RateWindow } from './live-state.ts'
import { expectCost } from './record-costs.ts'

/** Fewer records than this say nothing about the next ones: the average of the whole run is steadier. */
const minWindowRecords = 5

/** Half the width of an interval that holds 80 % of a normal distribution, in standard deviations. */
const eightyPercent = 1.2816

/** Records per second: of the last half minute, or of the whole run while little happened in it. */
export function recordsPerSecond(state: LiveState, nowMs: number): number {
  if (state.startedAtMs === undefined) return 0
  if (state.endedAtMs === undefined && state.recordRate.amount(nowMs) >= minWindowRecords) {
    return windowRate(state.recordRate, nowMs, state.startedAtMs)
  }
  return overSeconds(state.records, elapsedSeconds(state, nowMs))
}

/** Completion tokens per second. */
export function tokensPerSecond(state: LiveState, nowMs: number): number {
  if (state.startedAtMs === undefined) return 0
  if (state.endedAtMs !== undefined) return overSeconds(state.completionTokens, elapsedSeconds(state, nowMs))
  return windowRate(state.tokenRate, nowMs, state.startedAtMs)
}

export function elapsedSeconds({ startedAtMs, endedAtMs }: LiveState, nowMs: number): number {
  return startedAtMs === undefined ? 0 : Math.max(0, ((endedAtMs ?? nowMs) - startedAtMs) / 1000)
}

/** Seconds until the last record; undefined when nothing is known yet, or nothing is left. */
export function secondsLeft(state: LiveState, totalRecords: number | undefined, nowMs: number): number | undefined {
  if (totalRecords === undefined || state.records >= totalRecords || state.endedAtMs !== undefined) return undefined
  const rate = recordsPerSecond(state, nowMs)
  return rate > 0 ? (totalRecords - state.records) / rate : undefined
}

export interface ProjectedCost {
  readonly usd: number
  /** Where the cost will lie in 8 of 10 runs; undefined before five records, or when records have no cost. */
  readonly interval?: { readonly fromUsd: number; readonly toUsd: number }
}

/**
 * The cost of the whole run: what was spent, what the records in work will still cost, and what the others will. The
 * interval comes from the spread between records: that of those to come, and that of the mean they are judged by.
 */
export function projectCost(state: LiveState, totalRecords: number | undefined): ProjectedCost | undefined {
  if (totalRecords === undefined || state.records === 0 || state.records >= totalRecords) return undefined
  const machines = state.busy.all()
  const spentUsd = totalUsdOf(state.cost.withBusyTime(machines))
  if (spentUsd === 0) return undefined
  const { recordCosts } = state
  // What a machine costs belongs to no record.
  const expected = machines.length > 0 ? undefined : expectCost(recordCosts)
  // Records without a cost of their own: their share of all that was spent.
  if (expected === undefined) return { usd: (spentUsd / state.records) * totalRecords }
  const left = totalRecords - state.records
  const started = Math.min(left, recordCosts.onTheirWay.size)
  let rest = expected.mean * (left - started)
  for (const spent of recordCosts.onTheirWay.values()) rest += expected.rest(spent)
  const usd = spentUsd + rest / picodollarsPerUsd
  if (recordCosts.endedCount < 5) return { usd }
  const deviation = (expected.deviation / picodollarsPerUsd) * Math.sqrt(left + left ** 2 / recordCosts.endedCount)
  const half = eightyPercent * deviation
  return { usd, interval: { fromUsd: Math.max(spentUsd, usd - half), toUsd: usd + half } }
}

function windowRate(window: RateWindow, nowMs: number, startedAtMs: number): number {
  return overSeconds(window.amount(nowMs), window.lengthSeconds(nowMs, startedAtMs))
}

function overSeconds(amount: number, seconds: number): number {
  return seconds > 0 ? amount / seconds : 0
}
