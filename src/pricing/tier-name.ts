/** A request at the ordinary price. */
export const standardTier = 'standard'

const standardNames = new Set(['', 'standard', 'default', 'auto', 'ondemand', 'standardonly', 'unspecified', 'global'])

/** Tiers paid for in advance, or by the hour: a token has no price. */
const prepaidNames = new Set(['scale', 'reserved', 'provisioned', 'provisionedthroughput', 'ptu', 'committed'])

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
