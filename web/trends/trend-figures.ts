import { isWhole } from '../../src/metadata/cost.ts'
import type { RunRow } from '../../src/report/runs/run-row.ts'

/** A figure of a run in a course of runs. */
export interface TrendPoint {
  /** Undefined where the run does not say. */
  readonly value: number | undefined
  /** The figure is at least that: a part of it is not known. It is never compared as if it were all. */
  readonly isLowerBound: boolean
}

/**
 * What a record that succeeded cost, or a call of a program without records. A run that failed at most of its records is not cheap: what it spent on them is in what
 * the others cost.
 */
export function costPerSuccess({ cost, requests, ...row }: RunRow): TrendPoint {
  const succeeded = succeededOf(row)
  if (requests === 0 || succeeded <= 0 || cost.status === 'unpriced') return { value: undefined, isLowerBound: false }
  const isLowerBound = !isWhole(cost)
  if (isLowerBound && cost.total_cost_usd === 0) return { value: undefined, isLowerBound }
  return { value: cost.total_cost_usd / succeeded, isLowerBound }
}

export function tokensPerSuccess({ totalTokens, ...row }: RunRow): TrendPoint {
  const succeeded = succeededOf(row)
  return { value: succeeded <= 0 ? undefined : totalTokens / succeeded, isLowerBound: false }
}

/** Records that succeeded; calls, of a program that has no records. */
function succeededOf({
  records,
  failedRecords,
  calls = 0,
  failedCalls = 0,
}: Pick<RunRow, 'records' | 'failedRecords' | 'calls' | 'failedCalls'>) {
  return records > 0 ? records - failedRecords : calls - failedCalls
}

/** A figure that is all known, where it is there. */
export function exactly(value: number | undefined): TrendPoint {
  return { value, isLowerBound: false }
}

export function isSimulated({ cost }: RunRow): boolean {
  return cost.status === 'simulated'
}

/** Only runs that ended and asked models say something of the next ones. */
export function isInTrend({ status, requests }: RunRow): boolean {
  return status === 'complete' && requests > 0
}
