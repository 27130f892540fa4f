import { mightBeModelEndpoint } from '../../usage/model-endpoint.ts'
import { mightBeUnknownEndpoint } from '../../usage/unknown-endpoint.ts'

export type FetchFunction = typeof globalThis.fetch

/** One call of fetch, and the fetch that is to make it. */
export interface FetchCall {
  readonly fetch: FetchFunction
  readonly url: string
  readonly input: Parameters<FetchFunction>[0]
  readonly init: Parameters<FetchFunction>[1]
  /** True for Node's own fetch, in which nothing can be observed a second time. */
  readonly isNodes: boolean
}

export type FetchObserver = (call: FetchCall) => Promise<Response>

const trackedKey = Symbol.for('sygra.tracked-fetch')

/**
 * A fetch that hands calls to models to an observer and everything else on, at the cost of one look at the URL. What is
 * tracked already, by another copy of this package even, is given back as it is.
 */
export function interceptFetch(fetch: FetchFunction, observe: FetchObserver): FetchFunction {
  if (trackedKey in fetch) return fetch
  const isNodes = Function.prototype.toString.call(fetch).includes('internal/deps/undici')
  const intercepted: FetchFunction = (input, init) => {
    const url = urlOf(input)
    if (!mightBeModelEndpoint(url) && !mightBeUnknownEndpoint(url)) return fetch(input, init)
    return observe({ fetch, url, input, init, isNodes })
  }
  Object.defineProperty(intercepted, trackedKey, { value: true })
  Object.defineProperty(intercepted, 'name', { value: fetch.name, configurable: true })
  return intercepted
}

function urlOf(input: unknown): string {
  if (typeof input === 'string') return input
  if (input instanceof URL) return input.href
  return typeof input === 'object' && input !== null && 'url' in input && typeof input.url === 'string' ? input.url : ''
}
