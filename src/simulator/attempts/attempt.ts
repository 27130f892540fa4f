import type { ServerResponse } from 'node:http'
import type { AnswerFunction } from '../answers/answer.ts'
import type { Arrival } from '../answers/complete.ts'
import type { SimulatedRequest } from '../request-log.ts'
import type { SimulatorSettings } from '../settings.ts'
import type { Completion } from './chat-body.ts'
import type { BodyFault } from './faults.ts'
import type { Stopwatch, Timing } from './timing.ts'

/** One attempt being served. */
export interface Attempt extends Arrival {
  readonly response: ServerResponse
  readonly settings: SimulatorSettings
  readonly answers?: AnswerFunction | undefined
  readonly stopwatch: Stopwatch
  /** Aborted when the connection closes before the end of the answer. */
  readonly gone: AbortSignal
  /** Azure begins its streams with a chunk that has no choices. */
  readonly isAzure: boolean
  /** Writes the attempt into the log, once and before its last byte is sent, so that no client is ahead of the log. */
  readonly record: (outcome: Outcome) => void
}

/** How an attempt ended; token counts that are left out are 0. */
export type Outcome = Pick<SimulatedRequest, 'status'> &
  Partial<
    Pick<
      SimulatedRequest,
      | 'fault'
      | 'dropPoint'
      | 'promptTokens'
      | 'completionTokens'
      | 'cachedTokens'
      | 'audioTokens'
      | 'reasoningTokens'
      | 'serviceTier'
      | 'isUsageSent'
      | 'usage'
    >
  >

/** An attempt whose answer is ready and is now sent. */
export interface Delivery extends Attempt {
  readonly completion: Completion
  readonly timing: Timing
  readonly bodyFault: BodyFault | undefined
}

/** The outcome of an answer of which the model has produced so many tokens, by default all of them. */
export function outcomeOf(delivery: Delivery, ending: Partial<Outcome>): Outcome {
  const { usage, serviceTier } = delivery.completion
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens, audioTokens } = usage
  const produced = ending.completionTokens ?? completionTokens
  return {
    status: 200,
    serviceTier,
    promptTokens,
    ...(cachedTokens > 0 && { cachedTokens }),
    ...(reasoningTokens > 0 && { reasoningTokens: Math.min(reasoningTokens, produced) }),
    ...(audioTokens > 0 && { audioTokens: Math.min(audioTokens, produced) }),
    ...ending,
    completionTokens: produced,
  }
}
