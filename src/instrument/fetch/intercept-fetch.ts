import { mightBeDeferredResult, mightBeModelEndpoint } from '../../usage/endpoints/model-endpoint.ts'
import { mightBeUnknownEndpoint } from '../../usage/endpoints/unknown-endpoint.ts'
import { platform, readRequestUrl, readUrl } from './platform.ts'

export type FetchFunction = typeof globalThis.fetch

/** One call of fetch as the program made it. */
export interface FetchCall {
  readonly url: string
  readonly input: Parameters<FetchFunction>[0]
  readonly init: Parameters<FetchFunction>[1]
  /** True for Node's own fetch, in which nothing can be observed a second time. */
  readonly isNodes: boolean
  /** Makes the call: with another `init` where one is given. */
  readonly send: (init?: RequestInit) => Promise<Response>
}

export type FetchObserver = (call: FetchCall) => Promise<Response>

/** Set while a watched fetch is called: what is sent meanwhile, fetch sends. Asked for at each request, so no look-up. */
const calling = { isFetch: false }

/** True while a watched fetch is being called: as a rule it sends its request before it returns. */
export function isCallingFetch(): boolean {
  return calling.isFetch
}

/** So many functions of ours stand between a program and its fetch at most. */
const ownFrames = 8

const trackedKey = Symbol.for('sygra.tracked-fetch.2')

/** Functions that are tracked already, by whichever copy of the package. */
function trackedFunctions(): WeakSet<object> {
  const holder = globalThis as { [trackedKey]?: WeakSet<object> }
  if (holder[trackedKey] === undefined) Object.defineProperty(holder, trackedKey, { value: new WeakSet() })
  return holder[trackedKey] ?? new WeakSet()
}

/**
 * A fetch that hands calls to models to an observer and everything else on, at the cost of one look at the URL. What is
 * tracked already, by another copy of this package even, is given back as it is.
 */
export function interceptFetch(fetch: FetchFunction, observe: FetchObserver): FetchFunction {
  const tracked = trackedFunctions()
  if (tracked.has(fetch)) return fetch
  // From now on a program may replace what is the platform's.
  platform()
  const isNodes = Function.prototype.toString.call(fetch).includes('internal/deps/undici')
  const call = (self: unknown, args: Parameters<FetchFunction>): Promise<Response> => {
    let answer: Promise<Response> | undefined
    let hasThrown = false
    const send = (other?: RequestInit): Promise<Response> => {
      // Where we have thrown meanwhile it is sent already.
      if (answer !== undefined) return answer
      const given = other === undefined ? args : [args[0], other, ...args.slice(2)]
      const isWithinAnother = calling.isFetch
      const { stackTraceLimit } = Error
      calling.isFetch = true
      // An error that fetch makes is to name the program's own lines, which ours would push out. It may be frozen.
      const widened = stackTraceLimit + ownFrames
      if (stackTraceLimit > 0) Reflect.set(Error, 'stackTraceLimit', widened)
      try {
        hasThrown = true
        const promise: Promise<Response> = Reflect.apply(fetch, self, given)
        hasThrown = false
        answer = promise
        return promise
      } finally {
        // Unless it was given another meanwhile.
        if (Error.stackTraceLimit === widened) Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
        calling.isFetch = isWithinAnother
      }
    }
    try {
      const url = urlOf(args[0])
      const isOfInterest = mightBeModelEndpoint(url) || mightBeUnknownEndpoint(url) || mightBeDeferredResult(url)
      if (isOfInterest) return observe({ url, input: args[0], init: args[1], isNodes, send })
    } catch (error) {
      // What fetch itself throws is the program's. What we throw, as where a method of arrays that the program has replaced
      // does, is not: it gets its answer, unobserved.
      if (hasThrown) throw error
    }
    answer ??= Reflect.apply(fetch, self, args)
    return answer
  }
  const intercepted = isNodes ? likeNodes(fetch, call) : likeAnother(fetch, call)
  tracked.add(intercepted)
  return intercepted
}

type CallFetch = (self: unknown, args: Parameters<FetchFunction>) => Promise<Response>

/**
 * A function that has what Node's fetch has: name, length, a prototype of its own, and all that a preload may have given it.
 * It is no proxy, since Node 26 says so of one where it shows it (`console.log(fetch)`).
 */
function likeNodes(fetch: FetchFunction, call: CallFetch): FetchFunction {
  // `function`, since the program may call it with `new`, as it may call Node's.
  const intercepted = function (this: unknown, ...args: Parameters<FetchFunction>): Promise<Response> {
    return call(this, args)
  }
  const { prototype, ...properties } = Object.getOwnPropertyDescriptors(fetch)
  Object.defineProperties(intercepted, properties)
  if (!Object.isExtensible(fetch)) Object.preventExtensions(intercepted)
  return intercepted
}

/** A proxy, so that it has whatever another function has, such as the calls that a mock tells of, at any time. */
function likeAnother(fetch: FetchFunction, call: CallFetch): FetchFunction {
  return new Proxy(fetch, { apply: (_target, self: unknown, args: Parameters<FetchFunction>) => call(self, args) })
}

function urlOf(input: unknown): string {
  if (typeof input === 'string') return input
  if (input instanceof platform().URL) return readUrl(input)
  if (input instanceof platform().Request) return readRequestUrl(input)
  if (typeof input !== 'object' || input === null) return ''
  // Those of another copy of the platform, or of one that the program has put in its place.
  if ('url' in input && typeof input.url === 'string') return input.url
  return 'href' in input && typeof input.href === 'string' ? input.href : ''
}
