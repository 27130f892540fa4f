import { nowMs } from '../../runtime/clock.ts'
import { currentScope } from '../../runtime/scope.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { AttemptOutcome, ModelClient, PlannedAttempt } from '../models/model-call.ts'
import { isOutOfMoney } from '../models/retry-policy.ts'
import { type ConcurrencyOutcome, concurrencyOutcomeOf } from './adaptive-concurrency.ts'
import type { AttemptAsk } from './admissions.ts'
import { measureRequest } from './estimate-request.ts'

/** How an attempt went, as far as limits and rates depend on it: without its text, so that it can be told to another process. */
export interface AttemptReport {
  readonly hasFailed: boolean
  readonly isOutOfMoney: boolean
  readonly concurrency: ConcurrencyOutcome
}

/**
 * What an attempt asks for. It is to be called where the attempt is made.
 *
 * @param tokenizer where cost or tokens are limited.
 */
export function askOf({ call, callId }: PlannedAttempt, tokenizer: Tokenizer | undefined): AttemptAsk {
  return {
    callId,
    recordId: currentScope()?.record?.id,
    model: call.client.identity.name,
    measure: tokenizer && measureRequest(call, tokenizer),
  }
}

/** What is to be told of an attempt that has ended. */
export function reportOf(outcome: AttemptOutcome, { retries }: ModelClient): AttemptReport {
  const hasFailed = outcome.type === 'failure'
  return {
    hasFailed,
    isOutOfMoney: hasFailed && isOutOfMoney(outcome.error),
    concurrency: concurrencyOutcomeOf(outcome, { atMs: nowMs(), maxPauseSeconds: retries.maxServerWaitSeconds }),
  }
}
