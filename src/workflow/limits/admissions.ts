import { SygraError } from '../../errors.ts'
import { picodollarsOf, picodollarsPerUsd } from '../../metadata/cost.ts'
import { type RequestEnd, succeeded } from '../../metadata/event.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import type { ModelQuery } from '../../pricing/price-query.ts'
import { AnswerAverages } from './answer-averages.ts'
import { type AmountKind, type Amounts, Budget, Spending } from './budget.ts'
import { estimateRequest, type RequestEstimate, type RequestMeasure } from './estimate-request.ts'
import { RecordRoom } from './record-room.ts'
import { type Reservation, Reservations } from './reservations.ts'
import { type LimitName, limitsRequests, type RunLimits } from './run-limits.ts'

export interface AdmissionOptions {
  readonly limits: RunLimits
  /** What earlier sessions have used up, and for how many records. */
  readonly past: { readonly amounts: Amounts; readonly records: number; readonly reads?: DeferredReads }
  /** All records begin at once: which of them fit is known only when they ask. */
  readonly isBatched?: boolean
  /** Told when a limit is reached, and which option raises it. */
  readonly onStop: (stop: { readonly type: 'limit'; readonly message: string; readonly option: LimitName }) => void
}

/** What an attempt asks for before it is sent. */
export interface AttemptAsk {
  /** The call it belongs to, as its events name it. */
  readonly callId: string
  /** The record it belongs to; none for what is asked outside of records. */
  readonly recordId: string | undefined
  /** As its events name it. */
  readonly model: string
  /** Where cost or tokens are limited: what it may use up. */
  readonly measure: RequestMeasure | undefined
}

interface ReserveOptions {
  readonly priceQuery: ModelQuery
  readonly signal: AbortSignal | undefined
  readonly isSent?: boolean
}

interface OpenRequest {
  readonly estimate: RequestEstimate | undefined
  readonly reservation: Reservation
}

const oneRequest: Amounts = { picodollars: 0, requests: 1, tokens: 0 }

/** What requests may use up and have used up: room is reserved before an attempt, and settled by its event. */
export class Admissions {
  readonly #options: AdmissionOptions
  readonly #budget: Budget
  readonly #reservations: Reservations
  readonly #spending = new Spending()
  readonly #averages = new AnswerAverages()
  readonly #room: RecordRoom | undefined
  readonly #reads: DeferredReads
  readonly #open = new Map<string, OpenRequest>()
  readonly #orders = new Map<string, number>()
  #lastOrder = 0

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#reads = options.past.reads ?? new DeferredReads()
    const { maxCostUsd, maxRequests, maxTokens } = options.limits
    const limits = {
      picodollars: maxCostUsd === undefined ? undefined : picodollarsOf(maxCostUsd),
      requests: maxRequests,
      tokens: maxTokens,
    }
    this.#budget = new Budget(limits, options.past.amounts)
    this.#reservations = new Reservations(this.#budget)
    this.#room =
      limitsRequests(options.limits) && options.isBatched !== true
        ? new RecordRoom(this.#budget, options.past)
        : undefined
  }

  /** Waits until a record may begin; false when the run was stopped before. */
  async beginRecord(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#room === undefined || this.#room.begin(id, signal)
  }

  endRecord(id: string, isWhole: boolean): void {
    this.#orders.delete(id)
    this.#room?.end(id, isWhole)
  }

  /**
   * Reserves what an attempt may use up, waiting for room where there may be some; gives what ends the reservation. What is
   * sent already is paid whatever room there is.
   *
   * @throws SygraError `run_stopped` when there is no room and will be none.
   */
  async reserve(
    { callId, recordId, model, measure }: AttemptAsk,
    { priceQuery, signal, isSent = false }: ReserveOptions,
  ): Promise<() => void> {
    if (!limitsRequests(this.#options.limits)) return () => {}
    const estimate = measure && estimateRequest(measure, { model, averages: this.#averages, priceQuery })
    const amounts = estimate?.amounts ?? oneRequest
    const admission = isSent
      ? this.#reservations.hold(amounts)
      : await this.#reservations.ask(amounts, { order: this.#orderOfRecord(recordId), signal })
    if (admission.type === 'refused') throw this.#refused(admission.kind, { model, ...amounts })
    const { reservation } = admission
    this.#open.set(callId, { estimate, reservation })
    return () => {
      // Nothing is left to do where its event has settled it; an attempt that was never sent has none.
      if (this.#open.get(callId)?.reservation === reservation) this.#open.delete(callId)
      reservation.release()
    }
  }

  /** Settles a request; one that had no reservation is counted all the same. */
  settle(request: RequestEnd): void {
    const open = request.callId === undefined ? undefined : this.#open.get(request.callId)
    if (request.callId !== undefined) this.#open.delete(request.callId)
    if (!this.#reads.isReadAgain(request)) this.#spend(request, open?.estimate)
    const kind = this.#budget.overdrawn()
    if (kind !== undefined) this.#refused(kind)
    // Last, because it lets others in, who must see what was spent.
    if (open === undefined) this.#reservations.review()
    else open.reservation.release()
  }

  #spend(request: RequestEnd, estimate: RequestEstimate | undefined): void {
    const amounts = this.#spending.add(request, estimate?.amounts)
    this.#budget.spend(amounts)
    this.#room?.add(request.recordId, amounts)
    this.#learn(request, estimate)
  }

  /** Who sent a request is gone: it may have been charged, so what was reserved for it counts as spent. */
  lose(callId: string): void {
    const open = this.#open.get(callId)
    if (open === undefined) return
    this.#open.delete(callId)
    this.#budget.spend(open.reservation.amounts)
    open.reservation.release()
  }

  /** Why nothing more may be sent; undefined while there is some of everything left. */
  refusal(): SygraError | undefined {
    const kind = this.#budget.exhausted()
    return kind === undefined ? undefined : this.#refused(kind)
  }

  #refused(kind: AmountKind, next?: { readonly model: string } & Amounts): SygraError {
    const message = limitMessage(kind, { limits: this.#options.limits, spent: this.#budget.spent, next })
    this.#options.onStop({ type: 'limit', message, option: limitOptions[kind] })
    return new SygraError('run_stopped', message)
  }

  #learn(request: RequestEnd, estimate: RequestEstimate | undefined): void {
    const { usage } = request
    if (usage === undefined || !succeeded(request)) return
    this.#averages.learn(request.model, {
      countedTokens: estimate?.countedTokens,
      promptTokens: promptTokensOf(usage),
      answerTokens: completionTokensOf(usage),
    })
  }

  // Records that were begun first are to be finished first: what a half-done one has cost is lost.
  #orderOfRecord(recordId: string | undefined): number {
    if (recordId === undefined) return 0
    const known = this.#orders.get(recordId)
    if (known !== undefined) return known
    this.#lastOrder += 1
    this.#orders.set(recordId, this.#lastOrder)
    return this.#lastOrder
  }
}

/** The options that set the limits. */
const limitOptions: Readonly<Record<AmountKind, LimitName>> = {
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
