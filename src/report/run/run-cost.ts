import type { Metadata } from '../../metadata/schema.ts'
import { callsInBatches, lostRequests, type SentWork } from '../../metadata/sent-work.ts'
import { type CostBlock, formatCost } from '../text/format-cost.ts'
import { formatQuantity } from '../text/format-values.ts'
import { unpricedCausesOf } from './run-figures.ts'

/** What was sent whose cost nobody knows yet, a sentence for each kind. */
export function sentWithoutCost(run: SentWork): readonly string[] {
  const [lost, inBatches] = [lostRequests(run), callsInBatches(run)]
  return [
    ...(lost > 0 ? [`${formatQuantity(lost, 'request')} in flight at the end, whose cost is not known`] : []),
    ...(inBatches > 0
      ? [`${formatQuantity(inBatches, 'call')} handed in as batches, whose cost is still to come`]
      : []),
  ]
}

/** What is read of a run to tell its cost. */
type RunWithCost = SentWork & { readonly aggregate_statistics: { readonly cost: CostBlock } }

/** The cost of a run, which is open where something was sent whose cost nobody knows yet. */
export function costOfRun(run: RunWithCost): CostBlock {
  const { cost } = run.aggregate_statistics
  return lostRequests(run) + callsInBatches(run) > 0 ? { ...cost, isOpen: true } : cost
}

/** What a run cost: at least so much where it is open. */
export function formatRunCost(metadata: Metadata): string {
  const { total_requests } = metadata.aggregate_statistics.requests
  return formatCost(costOfRun(metadata), total_requests, unpricedCausesOf(metadata))
}
