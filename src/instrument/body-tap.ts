import { type AnswerReader, createAnswerReader, readWholeJson } from '../usage/index.ts'
import type { ObservedAttempt } from './attempt.ts'

/** Lets the caller read a response as if nobody watched, and ends the attempt when the body ends, breaks or is dropped. */
export function tapResponse(response: Response, attempt: ObservedAttempt): Response {
  if (response.body === null) {
    attempt.end({ facts: emptyFacts(response, attempt) })
    return response
  }
  patch(response, { attempt, readers: 1 })
  return response
}

/** The attempt behind a response and its clones; it is aborted when the last of them is. */
interface Tap {
  readonly attempt: ObservedAttempt
  readers: number
}

// The methods are replaced on the one Response: a new Response would lose `url` and cost four times as much.
function patch(response: Response, tap: Tap): void {
  const native = nativeMethodsOf(response)
  let stream: TappedStream | undefined
  const wasRead = () => stream?.hasStarted === true
  const define = (name: string, value: unknown) =>
    Object.defineProperty(response, name, { value, configurable: true, writable: true })

  define('text', () => readText(native.text(), response, tap))
  define('json', () => readJson(native.text(), response, tap))
  for (const name of ['arrayBuffer', 'blob', 'bytes', 'formData'] as const) {
    if (native[name] !== undefined) define(name, () => readBuffered(native, name, response, tap))
  }
  define('clone', () => {
    const copy = native.clone()
    if (!wasRead()) stream = undefined
    tap.readers += 1
    patch(copy, tap)
    return copy
  })
  Object.defineProperty(response, 'body', {
    configurable: true,
    get() {
      stream ??= tapStream(() => native.body(), response, tap)
      return stream.readable
    },
  })
}

function nativeMethodsOf(response: Response) {
  const prototype = Response.prototype
  const bodyGetter = Object.getOwnPropertyDescriptor(prototype, 'body')?.get
  return {
    text: () => prototype.text.call(response),
    arrayBuffer: () => prototype.arrayBuffer.call(response),
    blob: () => prototype.blob.call(response),
    bytes: 'bytes' in prototype ? () => prototype.arrayBuffer.call(response).then((b) => new Uint8Array(b)) : undefined,
    formData: () => prototype.formData.call(response),
    clone: () => prototype.clone.call(response),
    body: (): ReadableStream<Uint8Array> => bodyGetter?.call(response),
  }
}

type NativeMethods = ReturnType<typeof nativeMethodsOf>

async function readText(reading: Promise<string>, response: Response, tap: Tap): Promise<string> {
  const text = await endOnError(reading, tap)
  safely(tap, () => {
    const reader = readerFor(response, tap.attempt)
    reader.push(new TextEncoder().encode(text))
    endWhole(reader, tap)
  })
  return text
}

async function readJson(reading: Promise<string>, response: Response, tap: Tap): Promise<unknown> {
  const text = await endOnError(reading, tap)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    tap.attempt.end({ errorType: 'invalid_json' })
    throw error
  }
  safely(tap, () => {
    tap.attempt.end({ facts: readWholeJson(tap.attempt.format, value, { headers: response.headers }) })
  })
  return value
}

async function readBuffered(
  native: NativeMethods,
  name: 'arrayBuffer' | 'blob' | 'bytes' | 'formData',
  response: Response,
  tap: Tap,
): Promise<unknown> {
  if (name === 'formData') {
    const form = await endOnError(native.formData(), tap)
    tap.attempt.end({})
    return form
  }
  const buffer = await endOnError(native.arrayBuffer(), tap)
  safely(tap, () => {
    const reader = readerFor(response, tap.attempt)
    reader.push(new Uint8Array(buffer))
    endWhole(reader, tap)
  })
  if (name === 'arrayBuffer') return buffer
  if (name === 'bytes') return new Uint8Array(buffer)
  return new Blob([buffer], { type: response.headers.get('content-type') ?? '' })
}

interface TappedStream {
  readonly readable: ReadableStream<Uint8Array>
  readonly hasStarted: boolean
}

/**
 * A stream that hands on each chunk as it comes and holds none back: it asks the body for a chunk only when it is asked
 * for one, and a cancel reaches the connection at once.
 */
function tapStream(body: () => ReadableStream<Uint8Array>, response: Response, tap: Tap): TappedStream {
  let source: ReadableStreamDefaultReader<Uint8Array> | undefined
  const reader = readerFor(response, tap.attempt)
  const open = () => {
    source ??= body().getReader()
    return source
  }
  const readable = new ReadableStream({
    type: 'bytes',
    async pull(controller: ReadableByteStreamController) {
      const { done, value } = await endStreamOnError(open().read(), reader, tap)
      if (done) {
        safely(tap, () => endWhole(reader, tap))
        controller.close()
        // A reader that brought its own buffer waits for it until it is told that nothing comes.
        controller.byobRequest?.respond(0)
        return
      }
      // Before handing on: a byte stream takes the buffer away from us.
      safely(tap, () => observeChunk(reader, value, tap))
      controller.enqueue(value as Uint8Array<ArrayBuffer>)
    },
    cancel(reason) {
      tap.readers -= 1
      if (tap.readers <= 0) safely(tap, () => tap.attempt.end({ facts: reader.facts(), isAborted: true }))
      return open().cancel(reason)
    },
  })
  return {
    readable,
    get hasStarted() {
      return source !== undefined
    },
  }
}

function observeChunk(reader: AnswerReader, chunk: Uint8Array, { attempt }: Tap): void {
  const hadToken = reader.sawToken
  reader.push(chunk)
  if (!hadToken && reader.sawToken && attempt.isStreamRequest) attempt.seeToken()
}

function endWhole(reader: AnswerReader, { attempt }: Tap): void {
  const facts = reader.end()
  const isCut = facts.isComplete === false && facts.finishReason === undefined && facts.errorType === undefined
  attempt.end({ facts, errorType: isCut ? 'stream_cut' : undefined })
}

async function endOnError<Result>(reading: Promise<Result>, { attempt }: Tap): Promise<Result> {
  try {
    return await reading
  } catch (error) {
    // Reading a body twice is the caller's mistake and says nothing of the answer.
    if (!(error instanceof TypeError && /unusable|locked|disturbed|already/i.test(error.message))) {
      attempt.end(isAbort(error) ? { isAborted: true, errorType: 'aborted' } : { errorType: 'connection_cut' })
    }
    throw error
  }
}

async function endStreamOnError<Result>(reading: Promise<Result>, reader: AnswerReader, tap: Tap): Promise<Result> {
  try {
    return await reading
  } catch (error) {
    safely(tap, () => {
      const facts = reader.facts()
      tap.attempt.end(isAbort(error) ? { facts, isAborted: true } : { facts, errorType: 'stream_cut' })
    })
    throw error
  }
}

function readerFor(response: Response, attempt: ObservedAttempt): AnswerReader {
  return createAnswerReader(attempt.format, {
    contentType: response.headers.get('content-type') ?? '',
    headers: response.headers,
    isStream: attempt.isStreamRequest,
  })
}

function emptyFacts(response: Response, attempt: ObservedAttempt) {
  return attempt.format.readHeaders?.(response.headers) ?? {}
}

/** True for the error of an abort by the caller or by its timeout. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

// A fault of the observer ends the observation, never the reading.
function safely({ attempt }: Tap, observe: () => void): void {
  try {
    observe()
  } catch {
    try {
      attempt.end({})
    } catch {}
  }
}
