import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { ModelCall } from './call-model.ts'
import type { CalledPlace } from './model-client.ts'

/** One attempt of a call that is about to be sent. */
export interface PlannedAttempt {
  readonly call: ModelCall
  /** The call it belongs to, as its events name it. */
  readonly callId: string
  readonly place: CalledPlace
}

/** How an attempt went, for those who waited with it. */
export type AttemptOutcome =
  | { readonly type: 'answer'; readonly result: LanguageModelV3GenerateResult }
  | { readonly type: 'failure'; readonly error: unknown }

/** Stands before every attempt of a run's own nodes: limits and rates are kept here. */
export interface RequestGate {
  /**
   * Waits until the attempt may be sent; gives what is to be called when it has ended.
   *
   * @throws SygraError `run_stopped` when it may not be sent at all.
   */
  readonly enter: (attempt: PlannedAttempt) => Promise<LeaveGate>
  /** True while a model may be down: then a call is tried again for longer, so that no record fails over an outage. */
  readonly suspects: (model: string) => boolean
}

/** Gives back the place of an attempt; gives the error to be thrown in place of its own, where the run stops over it. */
export type LeaveGate = (outcome: AttemptOutcome) => Error | undefined
