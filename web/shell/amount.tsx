import { isWhole } from '../../src/metadata/cost.ts'
import type { CostBlock } from '../../src/report/text/format-cost.ts'
import { formatUsd } from '../../src/report/text/format-values.ts'

/** An amount of money in a column: aligned on its point, with a mark where it is not all of it. */
export function Amount({
  cost,
  usd = cost?.total_cost_usd,
  withKind = false,
}: {
  readonly cost: CostBlock | undefined
  /** Another amount of the same kind, such as the cost of a record. */
  readonly usd?: number
  /** Says that it is simulated; left out where that was said of the whole. */
  readonly withKind?: boolean
}) {
  if (cost === undefined || usd === undefined) return <span class="faint">–</span>
  const { status, simulated_cost_usd: rehearsed = 0 } = cost
  const beside = status === 'simulated' ? 0 : rehearsed
  const isBound = !isWhole(cost)
  if (status === 'unpriced' || (isBound && usd === 0)) {
    return (
      <span class="faint">
        not known
        <Rehearsed usd={beside} />
      </span>
    )
  }
  const [whole = '', fraction = ''] = formatUsd(usd).split('.')
  return (
    <span class="amount" title={isBound ? 'at least: a part of it is not known' : undefined}>
      <span>
        {isBound ? '≥ ' : ''}
        {whole}
      </span>
      <span class="amount-rest">.{fraction}</span>
      {withKind ? (
        <span class="amount-kind">{status === 'simulated' ? 'sim.' : status === 'free' ? 'free' : ''}</span>
      ) : null}
      <Rehearsed usd={beside} />
    </span>
  )
}

/** What rehearsals would have cost, beside money spent: never added to it, never left unsaid. */
function Rehearsed({ usd }: { readonly usd: number }) {
  return usd === 0 ? null : (
    <span class="amount-kind" title="was rehearsed, and not spent">
      {' '}
      + {formatUsd(usd)} sim.
    </span>
  )
}
