import { type Rates, scaleRates } from './rate.ts'
import { type TierRule, tierRules } from './tiers.ts'

/** A request at the ordinary price. */
export const standardTier = 'standard'

const standardNames = new Set(['', 'standard', 'default', 'auto', 'ondemand', 'standardonly', 'unspecified', 'global'])

/** Tiers paid for in advance, or by the hour: a token has no price. `performance` is Groq's name: console.groq.com/docs/performance-tier. */
const prepaidNames = new Set([
  'scale',
  'reserved',
  'provisioned',
  'provisionedthroughput',
  'ptu',
  'committed',
  'performance',
])

/**
 * The tier of a request, from the spellings of all providers: `default`, `ON_DEMAND` and no tier at all are `standard`,
 * `ON_DEMAND_FLEX` and `SERVICE_TIER_FLEX` are `flex`.
 */
export function readTier(serviceTier: string | undefined): { readonly tier: string; readonly isPrepaid: boolean } {
  const name = (serviceTier ?? '').trim().toLowerCase()
  const plain = name.replace(/^(?:service_tier|traffic_type)_/, '').replace(/^on[-_]demand[-_]/, '')
  const letters = plain.replace(/[^a-z0-9]/g, '')
  if (standardNames.has(letters)) return { tier: standardTier, isPrepaid: false }
  if (prepaidNames.has(letters)) return { tier: plain, isPrepaid: true }
  return { tier: letters === 'batches' ? 'batch' : plain, isPrepaid: false }
}

/** The rule for a tier of a model on a day, `YYYY-MM-DD`; undefined when none is known. */
export function findTierRule(wanted: {
  readonly provider: string
  readonly product: string
  readonly tier: string
  readonly day: string
  readonly place?: string
}): TierRule | undefined {
  const { provider, product, tier, day, place } = wanted
  return rulesOf({ provider, product, day }).find(
    (rule) => rule.tiers.includes(tier) && (rule.isWithoutPlace !== true || place === undefined),
  )
}

/** All tiers known for a model on a day. */
export function rulesOf(wanted: {
  readonly provider: string
  readonly product: string
  readonly day: string
}): readonly TierRule[] {
  const { provider, product, day } = wanted
  return tierRules.filter(
    (rule) =>
      rule.provider === provider && rule.products.test(product) && (rule.from === undefined || rule.from <= day),
  )
}

/** Prices of a tier, from the standard ones. */
export function applyTierRule(rule: TierRule, standard: Rates): Rates {
  return rule.rates ?? scaleRates(standard, rule.factor ?? 1, rule.classes)
}
