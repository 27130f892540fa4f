import { AsyncResource } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mightBeDeferredResult, mightBeModelEndpoint } from '../../usage/endpoints/model-endpoint.ts'
import { mightBeModelSocket, mightBeUnknownEndpoint } from '../../usage/endpoints/unknown-endpoint.ts'
import { isCallingFetch } from '../fetch/intercept-fetch.ts'

/** A request of the package undici, as it is announced: what of it is read, and its methods, which tell how it goes on. */
export interface UndiciRequest {
  readonly origin: unknown
  readonly path: string
  readonly method: string
  readonly headers: unknown
  readonly addHeader: (name: string, value: string) => unknown
  /** `websocket` when it opens one. */
  readonly upgrade?: unknown
}

export type UndiciObserver = (request: UndiciRequest, url: string) => void

const channel = 'undici:request:create'

/**
 * Watches what the process sends by the package undici, whichever version and copy of it, and whichever of its functions,
 * agents and proxies: each announces every request, before it is sent, on a diagnostics channel. Node's own copy, which
 * makes `fetch`, does so too; its requests are left out, because fetch is watched where it is called, unless `withFetch` is
 * set, for a process in which it is not.
 */
export function interceptUndici(listen: UndiciObserver, { withFetch = false } = {}): () => void {
  const isOfFetch = () => !withFetch && isMadeByFetch()
  const onCreate = (message: unknown) => {
    try {
      const request = requestIn(message)
      if (request === undefined) return
      const observe: UndiciObserver = (...seen) => whereItWasMade(request, () => listen(...seen))
      const url = urlOf(request)
      // Node's own WebSocket, too, is opened by a request.
      if (request.upgrade === 'websocket') {
        if (mightBeModelSocket(url)) observe(request, url)
        return
      }
      if (request.method === 'GET' && mightBeDeferredResult(url) && !isOfFetch()) observe(request, url)
      if (request.method !== 'POST') return
      if ((mightBeModelEndpoint(url) || mightBeUnknownEndpoint(url)) && !isOfFetch()) observe(request, url)
    } catch {}
  }
  subscribe(channel, onCreate)
  return () => unsubscribe(channel, onCreate)
}

/**
 * A request that waited in the queue of a pool is announced where the queue runs on. What `request`, `stream` and `pipeline`
 * hand over knows where it was made; what fetch hands over does not.
 */
function whereItWasMade(request: UndiciRequest, act: () => void): void {
  const resource = resourceIn(request, maxHandlers)
  if (resource === undefined) act()
  else resource.runInAsyncScope(act)
}

/** Handlers that interceptors put around one another. */
const maxHandlers = 4

function resourceIn(holder: object, depth: number): AsyncResource | undefined {
  if (holder instanceof AsyncResource) return holder
  if (depth === 0) return undefined
  for (const key of Reflect.ownKeys(holder)) {
    if (!/handler/i.test(typeof key === 'symbol' ? (key.description ?? '') : key)) continue
    const inner: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value
    const found = typeof inner === 'object' && inner !== null ? resourceIn(inner, depth - 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function requestIn(message: unknown): UndiciRequest | undefined {
  const request: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : undefined
  return isUndiciRequest(request) ? request : undefined
}

function isUndiciRequest(value: unknown): value is UndiciRequest {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('method' in value)) return false
  return typeof value.path === 'string' && typeof value.method === 'string'
}

// A request to a forward proxy names the whole URL as its target.
function urlOf({ origin, path }: UndiciRequest): string {
  return /^https?:\/\//i.test(path) ? path : `${String(origin)}${path}`
}

const depth = 40

/**
 * True within Node's own fetch, also where a dispatcher of the package does its work. Where fetch sends later, after a
 * redirect say, or is not watched, only the stack tells, which takes a while. Node's own dispatcher alone is no sign of it,
 * since the package makes its requests through that one on newer versions of Node.
 */
function isMadeByFetch(): boolean {
  if (isCallingFetch()) return true
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = depth
    // Not the program's own, which may take its time.
    Error.prepareStackTrace = (_error, sites) => sites.some(isWithinFetch)
    const isMade: unknown = new Error().stack
    return isMade === true
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

function isWithinFetch(site: NodeJS.CallSite): boolean {
  const isNodes = String(site.getFileName()).startsWith('node:internal/deps/undici')
  return isNodes && /fetch/i.test(`${site.getTypeName()} ${site.getFunctionName()}`)
}
