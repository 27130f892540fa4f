import type { RequestCost } from '../../metadata/cost.ts'
import { picodollarsPerUsd } from '../../metadata/cost.ts'
import type { ModelOpen, RequestEnd } from '../../metadata/event.ts'
import type { PriceBook } from '../book/price-book.ts'
import { priceRequest } from '../price-request.ts'

/** What is to be different when a run is priced again. */
export interface PriceChanges {
  /** Prices of this moment instead of those of the request. */
  readonly atMs?: number
  readonly prices?: PriceBook
  /** Models priced as others, by the name that the run or the provider knows them by. */
  readonly models?: ReadonlyMap<string, string>
  readonly tier?: string
}

/** What a recorded request costs at other prices; `opened` is what the run noted of its model. */
export function repriceRequest(
  request: RequestEnd,
  opened: Pick<ModelOpen, 'upstreamModel' | 'provider' | 'modelType' | 'url'>,
  changes: PriceChanges,
): RequestCost | undefined {
  const { cost: known, usage, status } = request
  const sent = opened.upstreamModel ?? request.model
  const other = changes.models?.get(request.model) ?? changes.models?.get(sent)
  // What models.yaml stated is not in the events, nor elsewhere when it was changed since.
  if (known?.price?.source === 'models.yaml' && other === undefined) return known
  const isSame = changes.atMs === undefined && changes.tier === undefined && other === undefined
  const reportedUsd = known?.status === 'reported' && isSame ? known.picodollars / picodollarsPerUsd : undefined
  // An answer that was lost has no price at any prices.
  if (status === 0 && known?.status === 'unpriced') return known
  const hasAnswer = usage !== undefined || known?.status === 'reported' || (status >= 200 && status < 300)
  const cost = priceRequest({
    ...(other === undefined
      ? {
          ...opened,
          url: [opened.url ?? []].flat()[0],
          model: sent,
          alias: request.model,
          upstreamModel: request.upstreamModel,
        }
      : { model: other }),
    usage: usage ?? {},
    at: changes.atMs ?? request.startedAtMs,
    serviceTier: changes.tier ?? request.serviceTier,
    region: request.inferenceGeo,
    isSimulated: known?.status === 'simulated' || undefined,
    prices: changes.prices,
    reportedUsd,
  })
  // No answer, no charge; but it kept a machine busy where that is what is paid.
  return hasAnswer || cost.hourly !== undefined ? cost : undefined
}
