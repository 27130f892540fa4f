import { type Rates, scaleRates } from './rate.ts'
import { type TierRule, tierRules } from './tiers.ts'

/** The rule for a tier of a model on a day, `YYYY-MM-DD`; undefined when none is known. */
export function findTierRule(wanted: {
  readonly provider: string
  readonly product: string
  readonly tier: string
  readonly day: string
}): TierRule | undefined {
  const { provider, product, tier, day } = wanted
  return rulesOf({ provider, product, day }).find((rule) => rule.tiers.includes(tier))
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
