import { SygraError } from '../../errors.ts'
import { picodollarsOf } from '../../metadata/cost.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import type { RunTotals } from '../../metadata/run-totals.ts'
import { totalUsdOf } from '../../metadata/totals/cost-totals.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { isCollectionEnabled } from '../../runtime/scope.ts'
import { nothing } from '../limits/budget.ts'
import { checkPriced, type PricePlace } from '../limits/model-prices.ts'
import { type PastSpending, RunGuard } from '../limits/run-guard.ts'
import { limitsOf, limitsRequests, type RunLimits } from '../limits/run-limits.ts'
import { defaultBatchSize } from './begin-run.ts'
import type { PastRun } from './past/past-run.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import type { RunOptions } from './run-options.ts'
import type { StopControl } from './stop-control.ts'

interface LimitedRun {
  readonly prepared: PreparedRun
  readonly options: RunOptions
}

/**
 * The limits of a run, if they can be kept.
 *
 * @throws SygraError `bad_argument` where metadata, which they are counted by, is off; `unpriced_model`.
 */
export function checkedLimits({ prepared, options }: LimitedRun): RunLimits {
  const limits = limitsOf(options, prepared.definition.config.limits)
  const isCounted = limitsRequests(limits) || limits.maxFailures !== undefined
  if (isCounted && (options.disableMetadata === true || !isCollectionEnabled())) {
    throw new SygraError(
      'bad_argument',
      'limits of cost, requests, tokens and failures are counted by the metadata, which is off; turn it on, or leave the limits out',
    )
  }
  if (limits.maxCostUsd !== undefined && options.allowUnpriced !== true) {
    checkPriced(prepared.models.clients, placeOf({ prepared, options }))
  }
  return limits
}

/** Puts the guard of a run before its models, and lets it hear of the run's events. */
export async function guardRun({
  prepared,
  options,
  past,
  collector,
  stop,
  limits,
  isBatched,
}: LimitedRun & {
  readonly past: PastRun | undefined
  readonly collector: MetadataCollector
  readonly stop: StopControl
  readonly limits: RunLimits
  /** Calls are handed in as batches. */
  readonly isBatched: boolean
}): Promise<RunGuard> {
  const { models } = prepared
  const guard = new RunGuard({
    collector,
    limits,
    past: spendingOf(past?.fold.totals, options),
    tokenizer: await tokenizerFor(limits),
    allowUnpriced: options.allowUnpriced ?? false,
    checkedModels: new Set(models.clients.map(({ identity }) => identity.name)),
    place: placeOf({ prepared, options }),
    isBatched,
    most: options.batchSize ?? defaultBatchSize,
    modelDown: options.modelDown ?? {},
    onStop: (reason) => stop.stop(reason),
  })
  models.limiter = guard
  collector.onEvent(guard.take)
  const { timeoutSeconds } = limits
  if (timeoutSeconds !== undefined) {
    const message = `its time of ${timeoutSeconds} s is over. Resumed, it has that time again; a longer --timeout gives it more`
    stop.stopAfter(timeoutSeconds, { type: 'limit', message })
  }
  return guard
}

async function tokenizerFor({ maxCostUsd, maxTokens }: RunLimits) {
  if (maxCostUsd === undefined && maxTokens === undefined) return undefined
  const { loadTokenizer } = await import('../../tokens/tokenizer.ts')
  // One for all models: what it is wrong by for others is learned from their answers.
  return loadTokenizer('gpt-4o')
}

function placeOf({ prepared, options }: LimitedRun): PricePlace {
  return { prices: prepared.prices, isSimulated: options.simulate !== undefined && options.simulate !== false }
}

function spendingOf(totals: RunTotals | undefined, { retryFailed }: RunOptions): PastSpending {
  if (totals === undefined) return { amounts: nothing, records: 0, failed: 0, reads: new DeferredReads() }
  const requests = totals.allRequests()
  const { processed, failed } = totals.records
  return {
    amounts: {
      picodollars: picodollarsOf(totalUsdOf(totals.costOfAll())),
      requests: requests.requests,
      tokens: requests.tokens,
    },
    // Failures that are done again are not held against the run.
    records: retryFailed === true ? processed - failed : processed,
    failed: retryFailed === true ? 0 : failed,
    reads: totals.deferredReads(),
  }
}
