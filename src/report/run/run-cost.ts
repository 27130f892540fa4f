import type { Metadata } from '../../metadata/schema.ts'
import { type CostBlock, formatCost } from '../text/format-cost.ts'
import { unpricedCausesOf } from './run-figures.ts'

/** What of a run, or of the part of its file that a list reads, tells of calls whose cost is in no sum. */
interface SentWork {
  readonly status?: string | undefined
  readonly execution: {
    readonly batches?: readonly { readonly state: string; readonly lines: number }[] | undefined
  }
  readonly aggregate_statistics: {
    readonly cost: CostBlock
    readonly requests: { readonly in_flight_requests?: number | undefined }
  }
}

/** How many requests were in flight when a run ended: they were sent, and what came of them is not known. */
export function lostRequests({ status, aggregate_statistics: { requests } }: SentWork): number {
  return status === 'running' ? 0 : (requests.in_flight_requests ?? 0)
}

/** How many calls providers were handed in batches whose results a run has not read: they are charged, and in no sum yet. */
export function callsInBatches({ status, execution: { batches = [] } }: SentWork): number {
  if (status === 'running') return 0
  const open = batches.filter(({ state }) => state === 'waiting' || state === 'submitting')
  return open.reduce((sum, { lines }) => sum + lines, 0)
}

/** The cost of a run, which is open where something was sent whose cost nobody knows yet. */
export function costOfRun(run: SentWork): CostBlock {
  const { cost } = run.aggregate_statistics
  return lostRequests(run) + callsInBatches(run) > 0 ? { ...cost, isOpen: true } : cost
}

/** What a run cost: at least so much where it is open. */
export function formatRunCost(metadata: Metadata): string {
  const { total_requests } = metadata.aggregate_statistics.requests
  return formatCost(costOfRun(metadata), total_requests, unpricedCausesOf(metadata))
}
