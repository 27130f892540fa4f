import { picodollarsPerUsd, type RequestCost } from '../../metadata/cost.ts'
import type { Usage } from '../../metadata/usage.ts'
import { nowMs } from '../clock.ts'
import type { Scope } from '../scope.ts'
import { openModel, priceIn } from './record-request.ts'

/** What is known of an answer that was kept. */
export interface KeptFacts {
  /** As in `CacheHit`. */
  readonly slot: string
  /** The model as the request named it. */
  readonly model: string
  /** As the answer named it, where that was told. */
  readonly upstreamModel?: string
  readonly keptAtMs: number
  readonly finishReason?: string
  readonly serviceTier?: string
  readonly inferenceGeo?: string
  readonly usage?: Usage
  /** What it cost when it was asked for. */
  readonly cost?: Pick<RequestCost, 'status' | 'picodollars'>
}

/** Records that a call of the scope was answered by what was kept, with what that has saved at the prices of now. */
export function recordCacheHit(scope: Scope, kept: KeptFacts, url: string): void {
  const { model: known, collector } = scope
  const model = known?.name ?? kept.model
  const atMs = nowMs()
  openModel(scope, { model, attempt: kept, origin: { url, provider: known?.provider } })
  collector.record({
    type: 'cache-hit',
    model,
    node: scope.node,
    recordId: scope.record?.id,
    slot: kept.slot,
    atMs,
    keptAtMs: kept.keptAtMs,
    upstreamModel: kept.upstreamModel,
    finishReason: kept.finishReason,
    avoidedUsage: kept.usage,
    avoidedCost: avoidedCostOf(scope, kept, { url, atMs }),
  })
}

function avoidedCostOf(
  scope: Scope,
  kept: KeptFacts,
  at: { readonly url: string; readonly atMs: number },
): RequestCost | undefined {
  const { usage, cost } = kept
  if (usage === undefined && cost === undefined) return undefined
  return priceIn(scope, kept, {
    ...at,
    // What the provider had stated cannot be worked out again.
    reportedUsd: cost?.status === 'reported' ? cost.picodollars / picodollarsPerUsd : undefined,
    isSimulated: cost?.status === 'simulated',
  })
}
