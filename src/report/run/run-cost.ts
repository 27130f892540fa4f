import type { Metadata } from '../../metadata/schema.ts'
import { formatCost, isWhole } from '../text/format-cost.ts'
import { unpricedCausesOf } from './run-figures.ts'

/** How many requests were in flight when a run ended: they were sent, and what came of them is not known. */
export function lostRequests({ status, aggregate_statistics: { requests } }: Metadata): number {
  return status === 'running' ? 0 : (requests.in_flight_requests ?? 0)
}

/** How many calls providers were handed in batches whose results a run has not read: they are charged, and in no sum yet. */
export function callsInBatches({ status, execution: { batches = [] } }: Metadata): number {
  if (status === 'running') return 0
  const open = batches.filter(({ state }) => state === 'waiting' || state === 'submitting')
  return open.reduce((sum, { lines }) => sum + lines, 0)
}

/** What a run cost: at least so much where something was sent whose cost nobody knows yet. */
export function formatRunCost(metadata: Metadata): string {
  const { cost, requests } = metadata.aggregate_statistics
  const known = formatCost(cost, requests.total_requests, unpricedCausesOf(metadata))
  const isMore = lostRequests(metadata) + callsInBatches(metadata) > 0 && isWhole(cost)
  return isMore ? `≥ ${known}` : known
}
