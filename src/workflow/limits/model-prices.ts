import { SygraError } from '../../errors.ts'
import { type PriceBook, priceRequest } from '../../pricing/index.ts'
import type { ModelQuery } from '../../pricing/price-query.ts'
import { nowMs } from '../../runtime/clock.ts'
import type { ModelClient } from '../models/model-call.ts'
import { chargedUsage, isPricedWhole, mediaUsagesOf } from './media-usage.ts'

/** What the price of a request depends on besides its model. */
export interface PricePlace {
  /** The user's own prices. */
  readonly prices: PriceBook | undefined
  readonly isSimulated: boolean
  readonly url?: string
}

/** How the requests of a model are priced: as their events will be. */
export function priceQueryOf(client: ModelClient, { prices, isSimulated, url }: PricePlace): ModelQuery {
  const { identity, upstreamModel } = client
  return {
    model: upstreamModel,
    alias: identity.name,
    provider: identity.provider,
    modelType: identity.type,
    url,
    isSimulated: isSimulated || undefined,
    prices: identity.prices ?? prices,
  }
}

/** The address of a model, or the first of several. */
export function firstUrlOf({ identity: { url } }: ModelClient): string | undefined {
  return typeof url === 'string' ? url : url?.[0]
}

/** Why a model has no price; undefined when it has one, or costs nothing. */
export function whyUnpriced(client: ModelClient, place: PricePlace): string | undefined {
  const url = place.url ?? firstUrlOf(client)
  // Without the mark of a rehearsal, which would hide whether there is a price.
  const query = { ...priceQueryOf(client, { ...place, url }), isSimulated: undefined }
  const rehearsed = place.isSimulated ? { ...query, url: undefined } : query
  const media = mediaUsagesOf(client, { textTokens: 1, characters: 1, images: 0, soundSeconds: 1 })
  const usage = media[1] ?? { input: 1, output: 1 }
  const cost = chargedUsage(media, rehearsed)?.cost ?? priceRequest({ ...rehearsed, usage, at: nowMs() })
  return isPricedWhole(cost) ? undefined : (cost.reason ?? 'no price is known')
}

/**
 * Refuses models without a price where cost is limited: their requests would count as nothing.
 *
 * @throws SygraError `unpriced_model` with all of them.
 */
export function checkPriced(clients: readonly ModelClient[], place: PricePlace): void {
  const reasons = new Map<string, string>()
  for (const client of clients) {
    const reason = whyUnpriced(client, place)
    if (reason !== undefined) reasons.set(client.identity.name, reason)
  }
  if (reasons.size === 0) return
  const lines = [...reasons].map(([name, reason]) => `"${name}" (${reason})`)
  throw new SygraError(
    'unpriced_model',
    `a limit of cost needs a price for every model; there is none of ${lines.join(', ')}. Give it one there or under "pricing" in models.yaml, or run with \`allowUnpriced: true\`: then its requests count as $0`,
  )
}
