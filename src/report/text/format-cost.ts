import { type CostStatus, type HowFarKnown, isWhole } from '../../metadata/cost.ts'
import { formatCount, formatQuantity, formatUsd, unknownMark } from './format-values.ts'
import { safeText } from './safe-text.ts'

/** A cost as the blocks of a metadata file have it; those of format 1.0.0 have the amount alone. */
export interface CostBlock extends HowFarKnown {
  readonly total_cost_usd: number
  readonly unpriced_requests?: number
  readonly simulated_cost_usd?: number
}

/** A cost without its kind, for parts of an amount of which the kind was said: it is not said of them once more. */
export function withoutKind(cost: CostBlock): CostBlock {
  return cost.status === 'simulated' || cost.status === 'free' ? { ...cost, status: undefined } : cost
}

/**
 * A cost with what must be known of it: `$0.0123`, `$0.0123 simulated`, `$0.00 free`, `unpriced`,
 * `≥ $0.0123 (4 of 20 requests unpriced: my-deployment)`.
 */
export function formatCost(
  cost: CostBlock | undefined,
  totalRequests: number,
  unpricedModels: readonly string[] = [],
): string {
  if (cost === undefined) return unknownMark
  const text = formatCostShort(cost) + simulatedPart(cost)
  if (cost.status !== 'partial' && !cost.is_lower_bound) return text
  const { unpriced_requests = 0 } = cost
  if (unpriced_requests === 0) return `${text} (some tokens have no price)`
  const models = unpricedModels.length > 0 ? `: ${unpricedModels.map((model) => safeText(model)).join(', ')}` : ''
  return `${text} (${unpriced_requests} of ${formatQuantity(totalRequests, 'request')} unpriced${models})`
}

/** A cost for the cell of a table: the amount and its status in a word. */
export function formatCostShort(cost: CostBlock | undefined): string {
  if (cost === undefined) return unknownMark
  return formatDerivedCost(cost.total_cost_usd, cost)
}

/** An amount that is derived from a cost, such as the cost of a record, with the status of that cost; in short, or as `format` writes it. */
export function formatDerivedCost(
  usd: number | undefined,
  cost: HowFarKnown | undefined,
  format: (usd: number) => string = formatUsd,
): string {
  if (usd === undefined) return unknownMark
  const text = withStatus(format(usd), cost?.status)
  if (cost === undefined || cost.status === 'unpriced' || isWhole(cost)) return text
  return cost.is_lower_bound && usd === 0 ? 'unpriced' : `≥ ${text}`
}

/** An amount that is a part of a cost, or made of it: what is not known of the whole is not known of it, and its kind was said. */
export function formatPartOf(usd: number, whole: CostBlock): string {
  return formatDerivedCost(usd, withoutKind(whole))
}

function withStatus(amount: string, status: CostStatus | null | undefined): string {
  switch (status) {
    case 'unpriced':
      return 'unpriced'
    case 'free':
      return `${amount} free`
    case 'simulated':
      return `${amount} simulated`
    case 'partial':
    case 'priced':
    case 'reported':
    case null:
    case undefined:
      return amount
    default:
      return status satisfies never
  }
}

// Rehearsed requests beside real ones: never added up, never left unsaid.
function simulatedPart({ status, simulated_cost_usd = 0 }: CostBlock): string {
  return status === 'simulated' || simulated_cost_usd === 0 ? '' : ` + ${formatUsd(simulated_cost_usd)} simulated`
}

/** What answers that were kept have saved, as the metadata file has it. */
interface Avoided {
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
