import { Readable } from 'node:stream'
import { createUsageChunkFilter, readAnswerHeaders } from '../../usage/index.ts'
import { type AnswerTap, createAnswerTap } from '../attempt/answer-tap.ts'
import type { ObservedAttempt } from '../attempt/attempt.ts'
import { watchReadable } from '../http/watch-readable.ts'
import { platform } from './platform.ts'
import { type StreamFilter, watchStream } from './watch-stream.ts'

export interface WatchResponseOptions {
  /** True where the usage in the stream was asked for in the caller's stead and is to be taken out again. */
  readonly hidesUsage?: boolean
}

/**
 * Ends an attempt when the body of its response ends, breaks or is left; gives what the caller is to get. For a response of
 * Node's own fetch that is the same response, in which nothing has changed. One whose body cannot be watched from beneath,
 * as a function of the program's may make it, is given again with a body that passes everything on.
 */
export function watchResponse(
  response: Response,
  attempt: ObservedAttempt,
  { hidesUsage = false }: WatchResponseOptions = {},
): Response {
  const tap = createAnswerTap(attempt, response.headers)
  const filter = hidesUsage ? createUsageChunkFilter() : undefined
  const watched = watchBody(response, tap, filter)
  if (watched !== undefined) return watched
  attempt.end({ facts: readAnswerHeaders(attempt.format, response.headers) })
  return response
}

/** The same for any tap; undefined where the body cannot be watched. */
export function watchBody(response: Response, tap: AnswerTap, filter?: StreamFilter): Response | undefined {
  const body: unknown = response.body
  if (body instanceof platform().ReadableStream) {
    if (watchStream(body, tap, { filter })) return response
    return body.locked ? undefined : withBody(response, passOn(body, tap, filter))
  }
  if (!(body instanceof Readable)) return undefined
  // The fetch of other libraries gives a stream of Node's.
  watchReadable(body, tap)
  return response
}

/** A stream that asks another for a chunk only when it is asked for one, and leaves it when it is left. */
function passOn(
  source: ReadableStream<Uint8Array>,
  tap: AnswerTap,
  filter: StreamFilter | undefined,
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  return new (platform().ReadableStream)({
    type: 'bytes',
    async pull(controller) {
      let rest: Uint8Array | undefined
      for (let isDone = false; !isDone && rest === undefined; ) {
        const { done, value } = await read(reader, tap)
        isDone = done
        if (value !== undefined) rest = filter === undefined ? value : filter.push(value)
        else rest = filter?.end()
        if (rest !== undefined) controller.enqueue(new Uint8Array(rest))
        if (isDone) controller.close()
      }
      // A reader that brought its own buffer waits for it until it is told that nothing comes.
      if (rest === undefined) controller.byobRequest?.respond(0)
    },
    cancel(reason) {
      tap.leave()
      return reader.cancel(reason)
    },
  })
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, tap: AnswerTap) {
  try {
    const result = await reader.read()
    if (result.done) tap.end()
    else tap.chunk(result.value)
    return result
  } catch (error) {
    tap.fail(error)
    throw error
  }
}

/** The same response with another body. What a constructor does not take is put on it. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url, redirected, type } = response
  const given = Object.entries(Object.getOwnPropertyDescriptors(response))
  const other = new (platform().Response)(body, { status, statusText, headers })
  const known = { url, redirected, type }
  for (const [name, value] of Object.entries(known)) Object.defineProperty(other, name, { value, configurable: true })
  for (const [name, descriptor] of given) Object.defineProperty(other, name, { ...descriptor, configurable: true })
  return other
}
