import type { LanguageModelV3CallOptions, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { ModelIdentity, Operation } from '../../runtime/scope.ts'
import type { AskableModel } from './model-object.ts'
import type { ModelPurpose } from './model-purpose.ts'
import type { ResolvedModel } from './resolve-model.ts'
import type { RetrySettings } from './retry-policy.ts'

/** What is asked of a model. */
export interface ModelCall {
  readonly client: ModelClient
  readonly prompt: LanguageModelV3CallOptions['prompt']
  readonly responseFormat?: LanguageModelV3CallOptions['responseFormat']
  readonly tools?: LanguageModelV3CallOptions['tools']
  readonly toolChoice?: LanguageModelV3CallOptions['toolChoice']
  readonly signal?: AbortSignal
  /** Whether it may wait to be handed in with others; what the run says where this is left out. */
  readonly isBatched?: boolean
}

/** A model that can be called: what the metadata calls it, how often a call is tried, and where it is. */
export interface ModelClient {
  readonly identity: ModelIdentity
  readonly parameters: Readonly<Record<string, unknown>>
  /** The provider's own name of the model. */
  readonly upstreamModel: string
  /** What is asked of it. */
  readonly purpose: ModelPurpose
  readonly retries: RetrySettings
  /** For one attempt. */
  readonly timeoutSeconds: number
  /** Asked before each attempt, where the run has limits. */
  readonly limiter?: RateLimiter
  /** Has the answers that were kept, where the run keeps them. */
  readonly cache?: CallCache
  /** Hands calls in together, where the run does that. */
  readonly batches?: () => BatchQueue | undefined
  /** To be told where it is to be asked by batches whatever the run says. */
  readonly wishBatches?: (where: string) => void
  /** What it was made from; undefined for a model object that the program has made. */
  readonly resolved: ResolvedModel | undefined
  /** Loads what calls need, so that nothing is missing later. */
  open(): Promise<void>
  /** Runs a call at one of the model's addresses; each attempt may go to another one. */
  use<Result>(call: (model: AskableModel, place: CalledPlace) => PromiseLike<Result>): Promise<Result>
}

/** Where an attempt goes. */
export interface CalledPlace {
  /** Undefined when the client of the service knows it. */
  readonly url: string | undefined
  /** A digest of the key: requests with the same key share their provider's limits. */
  readonly keyDigest: string
}

/** One attempt of a call that is about to be sent. */
export interface PlannedAttempt {
  readonly call: ModelCall
  /** The call it belongs to, as its events name it. */
  readonly callId: string
  readonly place: CalledPlace
  /**
   * It is one of a batch: it costs what such cost, and stands in no provider's queue of requests. What is `sent` is there
   * already, and costs what it costs.
   */
  readonly batched?: 'to-send' | 'sent'
}

/** How an attempt went, for those who waited with it. */
export type AttemptOutcome =
  | { readonly type: 'answer'; readonly result: LanguageModelV3GenerateResult }
  | { readonly type: 'failure'; readonly error: unknown }

/** Stands before every call of a run's own nodes that keeps answers: what was asked before is not asked again. */
export interface CallCache {
  /** The answer that is kept; else asks, and keeps what it is answered. */
  readonly through: (
    call: ModelCall,
    operation: Operation,
    ask: () => Promise<LanguageModelV3GenerateResult>,
  ) => Promise<LanguageModelV3GenerateResult>
  /** Keeps an answer no longer that turned out to be of no use. */
  readonly forget: (result: LanguageModelV3GenerateResult) => void
}

/** One call that is to be handed in with others. */
export interface BatchAsk {
  readonly call: ModelCall
  readonly recordId: string
  /** What the client of the model would have sent, as JSON. */
  readonly body: string
  /** Where in the run it is: the same in each session of the run. */
  readonly origin: string
  /** From 1. */
  readonly attempt: number
  /** Waits until there is room for what it may cost; what is sent already is given it whatever there is. */
  readonly admit: (how: { readonly isSent: boolean }) => Promise<void>
}

/** Hands calls in together, to be answered later at a lower price. */
export interface BatchQueue {
  readonly takes: (call: ModelCall) => boolean
  /** Waits until the call is answered; throws `BatchLate` when it was not done in time. */
  readonly ask: (ask: BatchAsk) => Promise<Response>
  /** What has not come in time is asked at once, at the usual price; else it is left for a later session. */
  readonly asksLateNow: boolean
}

/** Stands before every attempt of a run's own nodes: limits and rates are kept here. */
export interface RateLimiter {
  /**
   * Waits until the attempt may be sent; gives what is to be called when it has ended.
   *
   * @throws SygraError `run_stopped` when it may not be sent at all.
   */
  readonly acquire: (attempt: PlannedAttempt) => Promise<Release>
  /** True while a model may be down: then a call is tried again for longer, so that no record fails over a model that comes back. */
  readonly suspects: (model: string) => boolean
}

/** Gives back the place of an attempt; gives the error to be thrown in place of its own, where the run stops over it. */
export type Release = (outcome: AttemptOutcome) => Error | undefined | Promise<Error | undefined>
