import { formatCount, formatQuantity, formatUsd } from './format-values.ts'

/** What answers that were kept have saved, as the metadata file has it. */
export interface Avoided {
  readonly requests: number
  readonly total_tokens: number
  readonly cost_usd: number
  readonly simulated_cost_usd?: number | undefined
  readonly unpriced_requests: number
}

/**
 * The money that was avoided: what a rehearsal avoided stands beside what would have been spent and is never added to it;
 * `≥` where a part of it is not known.
 */
export function formatAvoidedMoney({
  cost_usd,
  simulated_cost_usd = 0,
  unpriced_requests,
}: Pick<Avoided, 'cost_usd' | 'simulated_cost_usd' | 'unpriced_requests'>): string {
  const isWhole = unpriced_requests === 0
  const amounts = [
    ...(cost_usd > 0 || (simulated_cost_usd === 0 && isWhole) ? [formatUsd(cost_usd)] : []),
    ...(simulated_cost_usd > 0 ? [`${formatUsd(simulated_cost_usd)} simulated`] : []),
  ]
  return amounts.length === 0 ? 'at an unknown price' : `${isWhole ? '' : '≥ '}${amounts.join(' + ')}`
}

/** What was avoided, in a line: it was never spent, so no amount stands without that word beside it. */
export function formatAvoided(avoided: Avoided | undefined): string | undefined {
  if (avoided === undefined || avoided.requests === 0) return undefined
  const { requests, total_tokens, cost_usd, simulated_cost_usd = 0, unpriced_requests } = avoided
  const isKnownInPart = cost_usd > 0 || simulated_cost_usd > 0
  const unknown = unpriced_requests > 0 && isKnownInPart ? ` (${formatCount(unpriced_requests)} unpriced)` : ''
  return `${formatQuantity(requests, 'request')}, ${formatQuantity(total_tokens, 'token')}, ${formatAvoidedMoney(avoided)}${unknown}: answered from the cache, not spent`
}
