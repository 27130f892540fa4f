import { inBackground } from '../../runtime/in-background.ts'
import type { Scope } from '../../runtime/scope.ts'
import { type AnswerHeaders, readAnswerHeaders } from '../../usage/index.ts'
import { type AnswerTap, createAnswerTap } from '../attempt/answer-tap.ts'
import type { ObservedAttempt } from '../attempt/attempt.ts'
import { beginAttempt, observedScope } from '../attempt/begin-attempt.ts'
import { createDeferredTap } from '../attempt/deferred-work.ts'
import { isDeferredStart, type ModelEndpoint, modelEndpointOf, resultEndpointOf } from '../attempt/model-endpoint.ts'
import { announce, endSafely } from '../attempt/open-attempts.ts'
import { WrittenBody } from '../attempt/request-body.ts'
import { type TracePlace, tracePlaceOf } from '../attempt/trace-place.ts'
import { createEncodedBody } from './encoded-body.ts'

/** A request that is written piece by piece, from its first piece to the end of its answer. */
export interface WrittenRequest {
  write(chunk: unknown, encoding?: unknown): void
  /** All of the request is written. */
  end(): void
  /** Headers arrived; gives what is to hear of the body, or nothing when the body tells nothing. */
  respond(answer: { readonly status: number; readonly headers: AnswerHeaders }): AnswerTap | undefined
  /** No answer will come, or no more of it. */
  close(errorType: string): void
}

/** A request that is about to be written, over whichever transport. */
export interface RequestToWrite {
  readonly url: string
  readonly method: string
  /** A header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  /** Adds one, as long as nothing was written. */
  readonly addHeader: (name: string, value: string) => void
}

/** Begins to account for a request that is about to be written; undefined when nobody does, or it is no call to a model. */
export function observeWrittenRequest(request: RequestToWrite): WrittenRequest | undefined {
  const { url, method, header } = request
  const scope = observedScope()
  if (scope === undefined) return undefined
  const endpoint = method === 'GET' ? resultEndpointOf(url) : modelEndpointOf(url)
  if (endpoint === undefined) return undefined
  if (method === 'GET' || isDeferredStart(endpoint)) return observeDeferred(scope, endpoint)
  const trace = addTraceparent(request, tracePlaceOf(scope, header))
  const written = new WrittenBody()
  let attempt: ObservedAttempt | undefined
  let hasBegun = false
  const begin = () => {
    if (hasBegun) return
    hasBegun = true
    attempt = beginAttempt({ scope, ...endpoint, body: written.read(), header, trace })
    if (attempt !== undefined) inBackground(announce(attempt))
  }
  return {
    write: (chunk, encoding) => {
      if (!hasBegun) written.add(chunk, encoding)
    },
    end: begin,
    respond(answer) {
      // An answer may come before the request is all written.
      begin()
      if (attempt === undefined) return undefined
      attempt.respond(answer)
      if (answer.status >= 200 && answer.status < 300) return tapOn(attempt, answer.headers)
      // The body of an error is not needed to count it.
      endSafely(attempt, {})
      return undefined
    },
    close(errorType) {
      if (attempt !== undefined) endSafely(attempt, { errorType })
    },
  }
}

/** Sends the traceparent along, where one is to be sent; what cannot be added is not sent. */
function addTraceparent({ addHeader }: RequestToWrite, trace: TracePlace): TracePlace {
  if (trace.sent === undefined) return trace
  try {
    addHeader('traceparent', trace.sent)
    return trace
  } catch {
    return { within: trace.within }
  }
}

function tapOn(attempt: ObservedAttempt, headers: AnswerHeaders): AnswerTap {
  return unpackingTap(createAnswerTap(attempt, headers), headers, () =>
    endSafely(attempt, { facts: readAnswerHeaders(attempt.format, headers) }),
  )
}

/** A request that hands work in, or that asks what came of it: only its answer is looked at. */
function observeDeferred(scope: Scope, endpoint: ModelEndpoint): WrittenRequest {
  return {
    write() {},
    end() {},
    respond({ status, headers }) {
      const tap = status >= 200 && status < 300 ? createDeferredTap(scope, endpoint, headers) : undefined
      return tap === undefined ? undefined : unpackingTap(tap, headers, () => {})
    },
    close() {},
  }
}

/** A tap for bytes as they come over the wire, packed perhaps; `onUnread` is for what cannot be unpacked. */
function unpackingTap(tap: AnswerTap, headers: AnswerHeaders, onUnread: () => void): AnswerTap {
  const encoded = createEncodedBody(headers.get('content-encoding'))
  if (encoded === undefined) return tap
  const unpack = () => {
    const bytes = encoded.decode()
    if (bytes !== undefined) tap.chunk(bytes)
    return bytes !== undefined
  }
  return {
    chunk: (bytes) => encoded.add(bytes),
    end() {
      if (unpack()) tap.end()
      else onUnread()
    },
    fail(error) {
      unpack()
      tap.fail(error)
    },
    leave() {
      unpack()
      tap.leave()
    },
  }
}
