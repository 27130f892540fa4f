import { readAnswerHeaders, readWholeAnswer, readWholeJson } from '../../usage/index.ts'
import { type AnswerTap, createAnswerTap, safely } from '../attempt/answer-tap.ts'
import type { ObservedAttempt } from '../attempt/attempt.ts'
import { isAbort } from '../attempt/error-type.ts'
import { watchReadable } from '../http/watch-readable.ts'
import { type TappedStream, tapAndFilterStream, tapStream } from './tapped-stream.ts'

/** Lets the caller read a response as if nobody watched, and ends the attempt when the body ends, breaks or is dropped. */
export function tapResponse(
  response: Response,
  attempt: ObservedAttempt,
  { hidesUsage = false }: { readonly hidesUsage?: boolean } = {},
): Response {
  const prototype: unknown = Object.getPrototypeOf(response)
  if (response.body === null || !isResponsePrototype(prototype) || Object.hasOwn(response, 'text')) {
    attempt.end({ facts: readAnswerHeaders(attempt.format, response.headers) })
    return response
  }
  watch(response, prototype, { attempt, hidesUsage, readers: 1 })
  return response
}

/** The attempt behind a response and its clones; it is aborted when the last of them is. */
interface SharedTap {
  readonly attempt: ObservedAttempt
  readonly hidesUsage: boolean
  readers: number
}

interface WatchedResponse {
  readonly shared: SharedTap
  body?: WatchedBody
}

interface WatchedBody {
  readonly value: unknown
  readonly stream?: TappedStream
}

const watchedPrototypes = new WeakMap<object, object>()

// The one Response is kept: a new one would lose `url` and cost four times as much. And its prototype is exchanged, once
// for all responses, because defining seven methods on each costs more than reading its usage.
function watch(response: Response, prototype: ResponsePrototype, shared: SharedTap): void {
  WatchMark.set(response, { shared })
  let watchedPrototype = watchedPrototypes.get(prototype)
  if (watchedPrototype === undefined) {
    watchedPrototype = createWatchedPrototype(prototype)
    watchedPrototypes.set(prototype, watchedPrototype)
  }
  Object.setPrototypeOf(response, watchedPrototype)
}

/** Makes a constructor give an object that is there already, so that a subclass adds its fields to that. */
const Given = class {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is what this constructor is for
    return object
  }
}

/** A private field on responses: nobody sees it, and it is cheaper than a `WeakMap` to write, to read and to collect. */
class WatchMark extends Given {
  #state: WatchedResponse

  private constructor(response: Response, state: WatchedResponse) {
    super(response)
    this.#state = state
  }

  static set(response: Response, state: WatchedResponse): void {
    if (#state in response) response.#state = state
    else new WatchMark(response, state)
  }

  static of(response: Response): WatchedResponse | undefined {
    return #state in response ? response.#state : undefined
  }
}

type ResponsePrototype = Pick<Response, 'text' | 'json' | 'arrayBuffer' | 'blob' | 'clone'>

function isResponsePrototype(prototype: unknown): prototype is ResponsePrototype {
  if (typeof prototype !== 'object' || prototype === null) return false
  return (['text', 'json', 'arrayBuffer', 'blob', 'clone'] as const).every(
    (name) => name in prototype && typeof (prototype as ResponsePrototype)[name] === 'function',
  )
}

function createWatchedPrototype(native: ResponsePrototype): object {
  const buffered = (read: (this: Response) => Promise<ArrayBuffer | Uint8Array>) =>
    method((response, state) => readBytes(state, response, () => read.call(response)))
  const methods: Record<string, PropertyDescriptor> = {
    text: method((response, state) => readText(state, response, () => native.text.call(response))),
    json: method((response, state) => readJson(state, response, () => native.json.call(response))),
    arrayBuffer: buffered(native.arrayBuffer),
    blob: method(async (response, state) => {
      const buffer = await readBytes(state, response, () => native.arrayBuffer.call(response))
      return new Blob([buffer], { type: response.headers.get('content-type') ?? '' })
    }),
    clone: method((response, state) => {
      const copy = native.clone.call(response)
      if (state.body?.stream?.hasStarted() === false) state.body = undefined
      state.shared.readers += 1
      watch(copy, native, state.shared)
      return copy
    }),
    body: {
      configurable: true,
      get(this: Response) {
        return bodyOf(this, native)
      },
    },
  }
  if ('bytes' in native) {
    methods.bytes = method(async (response, state) => {
      return new Uint8Array(await readBytes(state, response, () => native.arrayBuffer.call(response)))
    })
  }
  return Object.create(native, methods)
}

function method<Result>(act: (response: Response, state: WatchedResponse) => Result): PropertyDescriptor {
  return {
    configurable: true,
    writable: true,
    value(this: Response) {
      return act(this, stateOf(this))
    },
  }
}

function stateOf(response: Response): WatchedResponse {
  const state = WatchMark.of(response)
  if (state === undefined) throw new TypeError('Illegal invocation')
  return state
}

function bodyOf(response: Response, native: ResponsePrototype): unknown {
  const state = stateOf(response)
  state.body ??= tapBody(Reflect.get(native, 'body', response), response, state.shared)
  return state.body.value
}

function tapBody(body: unknown, response: Response, shared: SharedTap): WatchedBody {
  if (body instanceof ReadableStream) {
    const stream = (shared.hidesUsage ? tapAndFilterStream : tapStream)(body, tapFor(response, shared))
    return { value: stream.readable, stream }
  }
  // The fetch of other libraries gives a stream of Node's.
  watchReadable(body, tapFor(response, shared))
  return { value: body }
}

function tapFor(response: Response, shared: SharedTap): AnswerTap {
  const tap = createAnswerTap(shared.attempt, response.headers)
  const leave = () => {
    shared.readers -= 1
    if (shared.readers <= 0) tap.leave()
  }
  return { chunk: tap.chunk, end: tap.end, fail: tap.fail, leave }
}

function readText({ shared }: WatchedResponse, response: Response, read: () => Promise<string>): Promise<string> {
  const { attempt, hidesUsage } = shared
  if (hidesUsage) return reread(response).then((whole) => whole.text())
  return tellAfter(read(), attempt, (text) => {
    if (attempt.isStreamRequest) tellWhole(new TextEncoder().encode(text), response, attempt)
    else attempt.end({ facts: readWholeAnswer(attempt.format, text, wholeOptions(response, attempt)) })
  })
}

function readJson({ shared }: WatchedResponse, response: Response, read: () => Promise<unknown>): Promise<unknown> {
  const { attempt, hidesUsage } = shared
  if (hidesUsage) return reread(response).then((whole) => whole.json())
  return tellAfter(read(), attempt, (value) =>
    attempt.end({ facts: readWholeJson(attempt.format, value, wholeOptions(response, attempt)) }),
  )
}

function wholeOptions({ headers }: Response, { requestFacts }: ObservedAttempt) {
  return { headers, request: requestFacts }
}

function readBytes<Buffered extends ArrayBuffer | Uint8Array>(
  { shared }: WatchedResponse,
  response: Response,
  read: () => Promise<Buffered>,
): Promise<Buffered | ArrayBuffer> {
  const { attempt, hidesUsage } = shared
  if (hidesUsage) return reread(response).then((whole) => whole.arrayBuffer())
  return tellAfter(read(), attempt, (buffer) => tellWhole(new Uint8Array(buffer), response, attempt))
}

/** What the caller's own stream gives: without the usage that it did not ask for. Rejects where that is read already. */
async function reread(response: Response): Promise<Response> {
  return new Response(response.body)
}

function tellWhole(bytes: Uint8Array, response: Response, attempt: ObservedAttempt): void {
  const tap = createAnswerTap(attempt, response.headers)
  tap.chunk(bytes)
  tap.end()
}

/** The caller's own promise but for one step, in which the attempt is told what came: what awaits it twice costs twice. */
function tellAfter<Result>(
  reading: Promise<Result>,
  attempt: ObservedAttempt,
  tell: (result: Result) => void,
): Promise<Result> {
  return reading.then(
    (result) => {
      safely(attempt, () => tell(result))
      return result
    },
    (error: unknown) => {
      safely(attempt, () => endOnError(attempt, error))
      throw error
    },
  )
}

function endOnError(attempt: ObservedAttempt, error: unknown): void {
  if (error instanceof SyntaxError) attempt.end({ errorType: 'invalid_json' })
  // Reading a body twice is the caller's mistake and says nothing of the answer.
  else if (isUnusable(error)) return
  else if (attempt.isLeft || isAbort(error)) attempt.end({ isAborted: true, errorType: 'aborted' })
  else attempt.end({ errorType: 'connection_cut' })
}

function isUnusable(error: unknown): boolean {
  return error instanceof TypeError && /unusable|locked|disturbed|already/i.test(error.message)
}
