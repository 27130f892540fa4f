import { ClientRequest } from 'node:http'
import { mightBeDeferredResult, mightBeModelEndpoint } from '../../usage/endpoints/model-endpoint.ts'
import { mightBeModelSocket, mightBeUnknownEndpoint } from '../../usage/endpoints/unknown-endpoint.ts'

/** Hears what is written to one request of `node:http` or `node:https`. */
export interface WrittenRequestWatch {
  write(chunk: unknown, encoding?: unknown): void
  /** All is written; called before it leaves. */
  end(): void
  /** The caller takes the request back. */
  leave(): void
}

/** Gives a watch for a request that may be a call to a model; undefined to leave it alone. `isSocket`: it opens a WebSocket. */
export type HttpObserver = (
  request: ClientRequest,
  url: string,
  kind: { readonly isSocket: boolean },
) => WrittenRequestWatch | undefined

/**
 * Watches what the process sends over `node:http` and `node:https`, by whichever function it was made; gives the function
 * that ends it. A request that is no call to a model costs one look at its path.
 */
export function interceptHttp(observe: HttpObserver): () => void {
  const watches = new WeakMap<ClientRequest, WrittenRequestWatch | 'none'>()
  const watchOf = (request: ClientRequest): WrittenRequestWatch | undefined => {
    let watch = watches.get(request)
    if (watch === undefined) {
      watch = watchSafely(observe, request) ?? 'none'
      watches.set(request, watch)
    }
    return watch === 'none' ? undefined : watch
  }
  const { prototype } = ClientRequest
  const before = Object.getOwnPropertyDescriptors(prototype)
  // Looked up at each call where it is inherited: somebody may replace it there after us.
  const original = (name: 'write' | 'end' | 'destroy') => {
    const own: unknown = before[name]?.value
    return typeof own === 'function' ? own : Object.getPrototypeOf(prototype)[name]
  }
  const patches = {
    write(this: ClientRequest, ...args: [unknown, ...unknown[]]) {
      callSafely(() => watchOf(this)?.write(args[0], args[1]))
      return Reflect.apply(original('write'), this, args)
    },
    end(this: ClientRequest, ...args: unknown[]) {
      callSafely(() => {
        const watch = watchOf(this)
        if (typeof args[0] !== 'function') watch?.write(args[0], args[1])
        watch?.end()
      })
      return Reflect.apply(original('end'), this, args)
    },
    destroy(this: ClientRequest, ...args: unknown[]) {
      callSafely(() => {
        const watch = watches.get(this)
        if (watch !== undefined && watch !== 'none') watch.leave()
      })
      return Reflect.apply(original('destroy'), this, args)
    },
  }
  for (const [name, value] of Object.entries(patches)) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: true })
  }
  return () => {
    for (const [name, value] of Object.entries(patches)) {
      // Somebody who patched it after us keeps the patch.
      if (Reflect.get(prototype, name) !== value) continue
      const descriptor = before[name]
      if (descriptor === undefined) Reflect.deleteProperty(prototype, name)
      else Object.defineProperty(prototype, name, descriptor)
    }
  }
}

function watchSafely(observe: HttpObserver, request: ClientRequest): WrittenRequestWatch | undefined {
  const isSocket = request.method === 'GET' && isWebSocket(request)
  const isGet = request.method === 'GET'
  if (request.method !== 'POST' && !isGet) return undefined
  const url = urlOf(request)
  if (isGet && !isSocket) return mightBeDeferredResult(url) ? observe(request, url, { isSocket }) : undefined
  if (isSocket) return mightBeModelSocket(url) ? observe(request, url, { isSocket }) : undefined
  return mightBeModelEndpoint(url) || mightBeUnknownEndpoint(url) ? observe(request, url, { isSocket }) : undefined
}

function isWebSocket(request: ClientRequest): boolean {
  return String(request.getHeader('upgrade')).toLowerCase() === 'websocket'
}

// A request to a forward proxy names the whole URL as its target (RFC 9112, 3.2.2).
function urlOf(request: ClientRequest): string {
  if (/^https?:\/\//i.test(request.path)) return request.path
  const host = request.getHeader('host')
  return `${request.protocol}//${typeof host === 'string' ? host : request.host}${request.path}`
}

// Watching must not break what is watched.
function callSafely(act: () => void): void {
  try {
    act()
  } catch {}
}
