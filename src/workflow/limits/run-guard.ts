import { SygraError } from '../../errors.ts'
import { type MetadataEvent, type RequestEnd, succeeded } from '../../metadata/event.ts'
import type { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import type { ModelQuery } from '../../pricing/price-query.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { PlannedAttempt, RateLimiter, Release } from '../models/model-call.ts'
import type { AttemptAsk } from './admissions.ts'
import { Admissions } from './admissions.ts'
import { type AttemptReport, askOf, reportOf } from './attempt-ask.ts'
import type { Amounts } from './budget.ts'
import { CircuitBreaker, type DownRule } from './circuit-breaker.ts'
import { FailureCount } from './failure-limit.ts'
import { type PricePlace, priceQueryOf } from './model-prices.ts'
import { ProviderConcurrency, type ProviderPlace, providerPlaceOf } from './provider-concurrency.ts'
import type { LimitName, RunLimits } from './run-limits.ts'

/** What a run had come to before this session. */
export interface PastSpending {
  readonly amounts: Amounts
  readonly records: number
  readonly failed: number
  /** The answers of batches that are in the amounts. */
  readonly reads: DeferredReads
}

/** Why a run is stopped by its guard. */
export interface GuardStop {
  readonly type: 'limit' | 'model-down'
  readonly message: string
  /** The option that must be raised for the run to go on. */
  readonly option?: LimitName
}

export interface GuardOptions {
  readonly collector: MetadataCollector
  readonly limits: RunLimits
  readonly past: PastSpending
  /** Needed where cost or tokens are limited. */
  readonly tokenizer: Tokenizer | undefined
  readonly allowUnpriced: boolean
  /** Models whose prices were checked before the run. */
  readonly checkedModels: ReadonlySet<string>
  readonly place: PricePlace
  /** Most requests at once to one provider with one key. */
  readonly most: number
  /** When a model is down; false for never. */
  readonly modelDown: DownRule | false
  /** Calls wait in waves: all records begin, and what does not fit waits for the next wave. */
  readonly isBatched?: boolean
  readonly onStop: (stop: GuardStop) => void
}

/** How what is asked is to be judged. */
interface AdmitOptions {
  readonly place: ProviderPlace
  readonly priceQuery: ModelQuery
  readonly signal: AbortSignal | undefined
}

/** To be told how an attempt went, or that who made it is gone; says why the run stops over it, where it does. */
export type Leave = (report: AttemptReport | 'lost') => string | undefined

/**
 * Keeps a run within its limits and its providers' rates. Every attempt of its own nodes passes here; of all requests, those
 * of foreign code too, it learns from their events.
 */
export class RunGuard implements RateLimiter {
  readonly #options: GuardOptions
  readonly #admissions: Admissions
  readonly #concurrency: ProviderConcurrency
  readonly #breaker: CircuitBreaker
  readonly #failures: FailureCount | undefined

  constructor(options: GuardOptions) {
    const { collector, limits, past, most, modelDown } = options
    this.#options = options
    const { onStop } = options
    this.#admissions = new Admissions({ limits, past, onStop, isBatched: options.isBatched })
    this.#concurrency = new ProviderConcurrency({
      most,
      onChange: (change) => collector.record(change),
    })
    this.#breaker = new CircuitBreaker(modelDown, (message) => onStop({ type: 'model-down', message }))
    const { maxFailures } = limits
    this.#failures = maxFailures === undefined ? undefined : new FailureCount(maxFailures, past)
  }

  /** Stops the run where its earlier sessions have used everything up. */
  begin(): void {
    this.#admissions.refusal()
    this.#checkFailures()
  }

  /** Waits until a record may begin; false when the run was stopped before. */
  beginRecord(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#admissions.beginRecord(id, signal)
  }

  /** Takes in that a record has ended, or that it was given up before its end. */
  endRecord(id: string, isWhole: boolean): void {
    this.#admissions.endRecord(id, isWhole)
  }

  async acquire(attempt: PlannedAttempt): Promise<Release> {
    const { tokenizer, place } = this.#options
    const { client, signal } = attempt.call
    if (attempt.batched !== undefined) return this.#reserveInBatch(attempt)
    const leave = await this.admit(askOf(attempt, tokenizer), {
      place: providerPlaceOf(client, attempt.place, place.isSimulated),
      priceQuery: priceQueryOf(client, { ...place, url: attempt.place.url }),
      signal,
    })
    return (outcome) => {
      const message = leave(reportOf(outcome, client))
      if (message === undefined || outcome.type === 'answer') return undefined
      return new SygraError('run_stopped', message, { cause: outcome.error })
    }
  }

  /** What waits with others is in no queue of requests, and a model that is down does not answer it any later. */
  async #reserveInBatch(attempt: PlannedAttempt): Promise<Release> {
    const { tokenizer, place } = this.#options
    const { client, signal } = attempt.call
    const query = priceQueryOf(client, { ...place, url: attempt.place.url })
    const priceQuery = { ...query, serviceTier: 'batch' }
    const isSent = attempt.batched === 'sent'
    const release = await this.#admissions.reserve(askOf(attempt, tokenizer), { priceQuery, signal, isSent })
    return () => {
      release()
      return undefined
    }
  }

  /**
   * Waits until what is asked may be done, by whomever; gives what is to be told how it went, and says why the run stops
   * over that, where it does.
   *
   * @throws SygraError `run_stopped` when it may not be done at all.
   */
  async admit(ask: AttemptAsk, { place, priceQuery, signal }: AdmitOptions): Promise<Leave> {
    const { model } = ask
    const places = this.#concurrency.of(place)
    this.#breaker.check(model)
    await places.enter(signal)
    let release: () => void
    try {
      this.#breaker.check(model)
      release = await this.#admissions.reserve(ask, { priceQuery, signal })
    } catch (error) {
      places.leave()
      throw error
    }
    return (report) => {
      if (report === 'lost') {
        this.#admissions.lose(ask.callId)
        release()
        places.leave()
        return undefined
      }
      release()
      places.leave(report.concurrency)
      return report.hasFailed ? this.#breaker.stoppedBy(model, report) : undefined
    }
  }

  /** Changes how many requests there may be at once to a provider at most. */
  setMost(most: number): void {
    this.#concurrency.setMost(most)
  }

  suspects(model: string): boolean {
    return this.#breaker.suspects(model)
  }

  /** Why foreign code must not send a request; undefined while it may. */
  readonly refuse = (): Error | undefined => this.#admissions.refusal()

  /** Takes in an event of the run. */
  readonly take = (event: MetadataEvent): void => {
    if (event.type === 'request-end') {
      this.#admissions.settle(event)
      this.#checkPriced(event)
      this.#breaker.take(event)
    }
    if (event.type === 'record-end') {
      this.#failures?.add(event)
      this.#checkFailures()
    }
  }

  /** What too many records came to in a run that has done all of them; undefined where not too many have failed. */
  excessAtEnd(): GuardStop | undefined {
    const message = this.#failures?.excess({ areAllDone: true })
    return message === undefined ? undefined : { type: 'limit', message }
  }

  #checkFailures(): void {
    const excess = this.#failures?.excess()
    if (excess === undefined) return
    const message = `${excess}. A higher \`maxFailures\` lets it go on`
    this.#options.onStop({ type: 'limit', message, option: 'maxFailures' })
  }

  // A model of foreign code shows only with its first answer that it has no price.
  #checkPriced(request: RequestEnd): void {
    const { limits, allowUnpriced, checkedModels } = this.#options
    if (limits.maxCostUsd === undefined || allowUnpriced || !succeeded(request)) return
    if (request.cost?.status !== 'unpriced' || checkedModels.has(request.model)) return
    const why = request.cost.reason === undefined ? '' : ` (${request.cost.reason})`
    const message = `a request to ${request.model} has no known cost${why}, so the limit of cost cannot be kept. A price in prices.yaml, or \`allowUnpriced: true\`, lets it go on`
    this.#options.onStop({ type: 'limit', message })
  }
}
