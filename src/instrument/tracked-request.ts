import type { Usage } from '../metadata/usage.ts'
import { normalUsageOf } from '../pricing/index.ts'
import { monotonicSeconds } from '../runtime/clock.ts'
import { runInScope, type Scope, type Witness } from '../runtime/scope.ts'
import { failedAnswer } from './failed-answer.ts'
import type { LayerAnswer } from './layer-request.ts'
import type { Outcome } from './on-outcome.ts'
import { bodyHashOf } from './request-body.ts'
import { type ReturnedAnswer, readReturnedAnswer } from './returned-answer.ts'
import { identityOf, type TrackOptions } from './track-options.ts'
import { recordUnseen } from './unseen-request.ts'

/** A call of a tracked function. */
export interface TrackedCall {
  /** What the method was called on. */
  readonly owner: unknown
  readonly functionName: string
  readonly args: readonly unknown[]
}

/** One call of a tracked function, from its start to its outcome. It is recorded only when nobody within has done so. */
export class TrackedRequest {
  readonly #options: TrackOptions
  readonly #call: TrackedCall
  readonly #scope: Scope
  readonly #witness: Witness
  readonly #startedAt = monotonicSeconds()
  #firstTokenAt: number | undefined
  #hasEnded = false

  constructor(scope: Scope, options: TrackOptions, call: TrackedCall) {
    this.#options = options
    this.#call = call
    this.#witness = { requests: 0, outer: scope.witness }
    this.#scope = { ...scope, witness: this.#witness, model: identityOf(options, call.owner) ?? scope.model }
  }

  /** Runs a part of the call where its requests are watched. */
  within<Result>(run: () => Result): Result {
    return runInScope(this.#scope, run)
  }

  /** A request within was seen already. */
  get wasSeen(): boolean {
    return this.#witness.requests > 0
  }

  /** The first piece of the answer came. */
  seeToken(): void {
    this.#firstTokenAt ??= monotonicSeconds()
  }

  /** Records the call, unless a request was seen within it. */
  end(outcome: Outcome): void {
    if (this.#hasEnded || this.wasSeen) return
    this.#hasEnded = true
    const request =
      'error' in outcome
        ? failedAnswer(outcome.error)
        : this.#answerOf(readReturnedAnswer(outcome.value), outcome.value)
    // The witness is its own: those further out are told.
    const scope = { ...this.#scope, witness: this.#witness.outer }
    recordUnseen(scope, {
      ...request,
      model: scope.model?.name ?? request.upstreamModel ?? (this.#call.functionName || 'unknown'),
      url: this.#options.url,
      provider: this.#options.provider,
      bodyHash: hashOf(this.#call.args),
      startedAt: this.#startedAt,
      timeToFirstTokenSeconds: this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt,
      isStream: this.#firstTokenAt === undefined ? undefined : true,
    })
  }

  #answerOf({ status = 200, facts }: ReturnedAnswer, value: unknown): LayerAnswer {
    return {
      status,
      usage: this.#statedUsage(value) ?? facts.usage,
      rawUsage: facts.rawUsage,
      upstreamModel: facts.model,
      responseId: facts.responseId,
      finishReason: facts.finishReason,
      serviceTier: facts.serviceTier,
      errorType: facts.errorType,
      reportedUsd: facts.reportedCostUsd,
    }
  }

  #statedUsage(value: unknown): Usage | undefined {
    try {
      const stated = this.#options.usage?.(value)
      return stated === undefined ? undefined : normalUsageOf(stated)
    } catch {
      // The caller's extractor failed: the tokens are unknown, the request was made all the same.
      return undefined
    }
  }
}

/** Equal arguments have equal digests: a call that repeats a failed one is a retry. */
function hashOf(args: readonly unknown[]): string | undefined {
  try {
    return bodyHashOf(JSON.stringify(args))
  } catch {
    return undefined
  }
}
