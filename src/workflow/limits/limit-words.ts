import { picodollarsPerUsd } from '../../metadata/cost.ts'
import type { AmountKind, Amounts } from './budget.ts'
import type { LimitName, RunLimits } from './run-limits.ts'

/** The options that set the limits. */
export const limitOptions: Readonly<Record<AmountKind, LimitName>> = {
  picodollars: 'maxCostUsd',
  requests: 'maxRequests',
  tokens: 'maxTokens',
}

/** Why a run stops at a limit, and what raises it; `next` is the request for which there was no room. */
export function limitMessage(
  kind: AmountKind,
  {
    limits,
    spent,
    next,
  }: { readonly limits: RunLimits; readonly spent: Amounts; readonly next?: { readonly model: string } & Amounts },
): string {
  const limit = {
    picodollars: usd((limits.maxCostUsd ?? 0) * picodollarsPerUsd),
    requests: count(limits.maxRequests, 'requests'),
    tokens: count(limits.maxTokens, 'tokens'),
  }[kind]
  const words = (amounts: Amounts) =>
    kind === 'picodollars'
      ? usd(amounts.picodollars)
      : count(amounts[kind], kind === 'requests' ? 'requests' : 'tokens')
  const more =
    next === undefined || kind === 'requests' ? '' : `; the next request to ${next.model} may take ${words(next)}`
  return `the limit of ${limit} is reached: ${words(spent)} spent${more}. A higher \`${limitOptions[kind]}\` lets it go on`
}

function usd(picodollars: number): string {
  const amount = picodollars / picodollarsPerUsd
  return `$${amount >= 100 ? amount.toFixed(2) : Number(amount.toPrecision(4))}`
}

function count(amount: number | undefined, noun: string): string {
  return `${(amount ?? 0).toLocaleString('en-US')} ${noun}`
}
