import { type AnswerHeaders, type AnswerReader, createAnswerReader } from '../../usage/index.ts'
import type { AttemptEnd, ObservedAttempt } from './attempt.ts'
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
  try {
    const reader = createAnswerReader(attempt.format, { headers, request: () => attempt.requestFacts })
    attempt.readFrom(reader)
    return new AttemptTap(attempt, reader)
  } catch {
    endSafely(attempt, {})
    return deafTap
  }
}

const deafTap: AnswerTap = { chunk() {}, end() {}, fail() {}, leave() {} }

/** An answer that is larger is read as soon as it has ended: what waits to be read must not fill the memory. */
const maxHeldBytes = 65_536

/** A fault of the observer ends the observation, never the reading. */
class AttemptTap implements AnswerTap {
  readonly #attempt: ObservedAttempt
  readonly #reader: AnswerReader
  #hasToken = false

  constructor(attempt: ObservedAttempt, reader: AnswerReader) {
    this.#attempt = attempt
    this.#reader = reader
  }

  chunk(bytes: Uint8Array): void {
    if (this.#attempt.hasEnded) return
    try {
      this.#reader.push(bytes)
      if (this.#hasToken || !this.#reader.sawToken) return
      this.#hasToken = true
      if (this.#attempt.requestFacts.isStream) this.#attempt.seeToken()
    } catch {
      endSafely(this.#attempt, {})
    }
  }

  end(): void {
    const reader = this.#reader
    try {
      if (reader.heldBytes > maxHeldBytes) this.#attempt.end(wholeEnd(reader))
      else this.#attempt.endLater(() => wholeEnd(reader))
    } catch {
      endSafely(this.#attempt, {})
    }
  }

  fail(error: unknown): void {
    const attempt = this.#attempt
    try {
      const facts = this.#reader.facts()
      const { isStream } = attempt.requestFacts
      // A stream that is left has told something. A document that is not whole has told nothing: the call has failed.
      if (attempt.isLeft || isAbort(error))
        attempt.end({ facts, isAborted: facts.isComplete !== true, errorType: isStream ? undefined : 'aborted' })
      else attempt.end({ facts, errorType: isStream ? 'stream_cut' : 'connection_cut' })
    } catch {
      endSafely(attempt, {})
    }
  }

  leave(): void {
    try {
      this.#attempt.settle()
    } catch {
      endSafely(this.#attempt, {})
    }
  }
}

function wholeEnd(reader: AnswerReader): AttemptEnd {
  const facts = reader.end()
  const isCut = facts.isComplete === false && facts.finishReason === undefined && facts.errorType === undefined
  return { facts, errorType: isCut ? 'stream_cut' : undefined }
}
