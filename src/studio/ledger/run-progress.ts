import type { Metadata } from '../../metadata/schema.ts'
import { projectCost, recordsPerSecond, secondsLeft } from '../../report/live/live-figures.ts'
import type { LiveState } from '../../report/live/live-state.ts'
import type { RunProgress } from '../api.ts'
import { errorOf } from './request-filter.ts'
import type { RequestTable } from './request-table.ts'

/** What failed so long ago is not failing now. */
const nowSpanMs = 60_000
const shownErrors = 5

/** How far a run is, what it will still take, and what is failing. */
export function progressOf({
  metadata,
  live,
  requests,
  nowMs,
}: {
  readonly metadata: Metadata
  readonly live: LiveState
  readonly requests: RequestTable
  readonly nowMs: number
}): RunProgress {
  const total = metadata.execution.num_records ?? undefined
  const left = secondsLeft(live, total, nowMs)
  const projected = projectCost(live, total)
  return {
    records: live.records,
    ...(total === undefined ? {} : { totalRecords: total }),
    recordsPerSecond: recordsPerSecond(live, nowMs),
    ...(left === undefined ? {} : { secondsLeft: left }),
    ...(projected === undefined ? {} : { projectedUsd: projected.usd }),
    ...(projected?.interval === undefined
      ? {}
      : { projectedFromUsd: projected.interval.fromUsd, projectedToUsd: projected.interval.toUsd }),
    inFlight: metadata.aggregate_statistics.requests.in_flight_requests ?? 0,
    failingNow: failuresSince(requests, nowMs - nowSpanMs),
  }
}

function failuresSince(requests: RequestTable, sinceMs: number): RunProgress['failingNow'] {
  const counts = new Map<string, number>()
  for (let row = requests.count - 1; row >= 0; row -= 1) {
    const endedAtMs = (requests.startedAtMs[row] ?? 0) + (requests.durationSeconds[row] ?? 0) * 1000
    // They come in the order in which they ended, but for those of several workers.
    if (endedAtMs < sinceMs - nowSpanMs) break
    const error = endedAtMs < sinceMs ? undefined : errorOf(requests, row)
    if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1)
  }
  return [...counts]
    .map(([error, count]) => ({ error, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, shownErrors)
}
