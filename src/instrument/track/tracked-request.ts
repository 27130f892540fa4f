import type { Usage } from '../../metadata/usage.ts'
import { normalUsageOf, type SimpleUsage } from '../../pricing/index.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import { redactParameters, redactUrl } from '../../runtime/redact.ts'
import { type ModelIdentity, type RequestCounter, runInScope, type Scope } from '../../runtime/scope.ts'
import { isRecord, textOf } from '../../usage/json-value.ts'
import { bodyHashOf } from '../attempt/request-body.ts'
import { failedAnswer, type LayerAnswer, recordUnseen } from '../attempt/unseen-request.ts'
import type { Outcome } from './on-outcome.ts'
import { type ReturnedAnswer, readReturnedAnswer } from './returned-answer.ts'

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
  readonly #counter: RequestCounter
  readonly #startedAt = monotonicSeconds()
  #firstTokenAt: number | undefined
  #hasEnded = false

  constructor(scope: Scope, options: TrackOptions, call: TrackedCall) {
    this.#options = options
    this.#call = call
    this.#counter = { requests: 0, outer: scope.counter }
    this.#scope = { ...scope, counter: this.#counter, model: identityOf(options, call.owner) ?? scope.model }
  }

  /** Runs a part of the call where its requests are watched. */
  within<Result>(run: () => Result): Result {
    return runInScope(this.#scope, run)
  }

  /** A request within was seen already. */
  get wasSeen(): boolean {
    return this.#counter.requests > 0
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
    // The counter is its own: those further out count the request too.
    const scope = { ...this.#scope, counter: this.#counter.outer }
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

/** How a function that asks a model is accounted for. All of it may be left out. */
export interface TrackOptions {
  /**
   * The key under `models`. By default `modelName`, or `model_name`, of the object the method belongs to, else the model
   * that the answer names, else the function's name.
   */
  readonly model?: string
  /** `model_type`, such as `VLLM`. */
  readonly type?: string
  /** Who serves the model and sets its price, such as `openai`. */
  readonly provider?: string
  /** Where the model is served; query and credentials are removed. */
  readonly url?: string
  /** Parameters of the model, for the file; secrets are removed. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Tokens of what the function gave, where its shape is of the caller's own. */
  readonly usage?: (value: unknown) => Usage | SimpleUsage | undefined
}

/**
 * The model that the options name, or the object that a method belongs to (`modelName`, and `modelConfig` with type, url
 * and parameters, as the Python system has them); undefined when neither does.
 */
export function identityOf(options: TrackOptions, owner: unknown): ModelIdentity | undefined {
  const object: Record<string, unknown> = isRecord(owner) ? owner : {}
  const name = options.model ?? textOf(object.modelName) ?? textOf(object.model_name)
  if (name === undefined) return undefined
  const given = object.modelConfig ?? object.model_config
  const config: Record<string, unknown> = isRecord(given) ? given : {}
  const url = options.url ?? textOf(config.url)
  const parameters = options.parameters ?? config.parameters
  return {
    name,
    type: options.type ?? textOf(config.type),
    provider: options.provider,
    url: url === undefined ? undefined : redactUrl(url),
    parameters: parameters === undefined ? undefined : redactParameters(parameters),
  }
}
