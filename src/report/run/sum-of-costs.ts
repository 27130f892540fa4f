import type { CostStatus } from '../../metadata/cost.ts'
import { statusOfSum } from '../../metadata/totals/cost-totals.ts'
import type { CostBlock } from '../text/format-cost.ts'

/**
 * Several costs as one, with how far the sum is known: what rehearsals would have cost stands beside money spent and is never
 * added to it. Undefined for none.
 */
export function sumOfCosts(costs: readonly CostBlock[]): CostBlock | undefined {
  if (costs.length === 0) return undefined
  const counts: Record<CostStatus, number> = { priced: 0, partial: 0, unpriced: 0, free: 0, reported: 0, simulated: 0 }
  let [spent, rehearsed, unpriced] = [0, 0, 0]
  for (const { status, total_cost_usd, simulated_cost_usd = 0, unpriced_requests = 0 } of costs) {
    if (status) counts[status] += 1
    // Where all is a rehearsal, files say the same amount twice.
    rehearsed += status === 'simulated' ? total_cost_usd : simulated_cost_usd
    if (status !== 'simulated') spent += total_cost_usd
    unpriced += unpriced_requests
  }
  const status = statusOfSum(counts)
  const isRehearsal = status === 'simulated'
  return {
    total_cost_usd: isRehearsal ? rehearsed : spent,
    ...(status === undefined ? {} : { status: status === 'partial' && spent === 0 ? 'unpriced' : status }),
    ...(unpriced > 0 ? { unpriced_requests: unpriced } : {}),
    ...(isRehearsal && costs.some(({ is_lower_bound }) => is_lower_bound) ? { is_lower_bound: true } : {}),
    ...(isRehearsal || rehearsed === 0 ? {} : { simulated_cost_usd: rehearsed }),
  }
}
