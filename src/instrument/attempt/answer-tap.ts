import { type AnswerHeaders, type AnswerReader, createAnswerReader } from '../../usage/index.ts'
import type { ObservedAttempt } from './attempt.ts'
import { isAbort } from './error-type.ts'
import { endSafely } from './open-attempts.ts'

/** Hears of the body of one answer as it passes by, and ends the attempt when the body does. It never throws. */
export interface AnswerTap {
  chunk(bytes: Uint8Array): void
  /** The body ended by itself. */
  end(): void
  /** The body broke off: the connection was cut, or the caller's signal was. */
  fail(error: unknown): void
  /** The caller went away. */
  leave(): void
}

/** A tap on an answer whose headers have come. */
export function createAnswerTap(attempt: ObservedAttempt, headers: AnswerHeaders): AnswerTap {
  const { format, isStreamRequest } = attempt
  let reader: AnswerReader | undefined
  safely(attempt, () => {
    reader = createAnswerReader(format, { headers, isStream: isStreamRequest, request: attempt.requestFacts })
    attempt.readFactsFrom(reader.facts)
  })
  if (reader === undefined) return deafTap
  const answer = reader
  let awaitsToken = isStreamRequest
  return {
    chunk(bytes) {
      if (attempt.hasEnded) return
      // As `safely` does it, without a function for each chunk.
      try {
        answer.push(bytes)
        if (!awaitsToken || !answer.sawToken) return
        awaitsToken = false
        attempt.seeToken()
      } catch {
        endSafely(attempt, {})
      }
    },
    end() {
      safely(attempt, () => {
        const facts = answer.end()
        const isCut = facts.isComplete === false && facts.finishReason === undefined && facts.errorType === undefined
        attempt.end({ facts, errorType: isCut ? 'stream_cut' : undefined })
      })
    },
    fail(error) {
      safely(attempt, () => {
        const facts = answer.facts()
        // A stream that is left has told something. A document that is not whole has told nothing: the call has failed.
        if (attempt.isLeft || isAbort(error))
          attempt.end({
            facts,
            isAborted: facts.isComplete !== true,
            errorType: isStreamRequest ? undefined : 'aborted',
          })
        else attempt.end({ facts, errorType: isStreamRequest ? 'stream_cut' : 'connection_cut' })
      })
    },
    leave() {
      safely(attempt, () => attempt.settle())
    },
  }
}

const deafTap: AnswerTap = { chunk() {}, end() {}, fail() {}, leave() {} }

/** Observes; a fault of the observer ends the observation, never the reading. */
export function safely(attempt: ObservedAttempt, observe: () => void): void {
  try {
    observe()
  } catch {
    endSafely(attempt, {})
  }
}
