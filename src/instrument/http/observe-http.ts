import { subscribe } from 'node:diagnostics_channel'
import { ClientRequest, IncomingMessage } from 'node:http'
import { errorTypeOf, leftTypeOf } from '../attempt/error-type.ts'
import { observeModelSocket, watchUpgrade } from '../sockets/observe-socket.ts'
import type { WrittenRequestWatch } from './intercept-http.ts'
import { observeWrittenRequest, type WrittenRequest } from './observe-request.ts'
import { watchReadable } from './watch-readable.ts'

interface Watched {
  readonly written: WrittenRequest
  /** The caller took the request back. */
  isLeft: boolean
  hasAnswer: boolean
}

const watched = new WeakMap<ClientRequest, Watched>()
const listening = { isOn: false }

/** Observes one request of `node:http` or `node:https`; undefined when it is none to account for. */
export function observeHttp(
  request: ClientRequest,
  url: string,
  { isSocket }: { readonly isSocket: boolean },
): WrittenRequestWatch | undefined {
  if (isSocket) {
    const listener = observeModelSocket(url)
    if (listener !== undefined) watchUpgrade(request, listener)
    return undefined
  }
  const written = observeWrittenRequest({
    url,
    method: request.method,
    header: (name) => textOf(request.getHeader(name)),
    addHeader: (name, value) => request.setHeader(name, value),
  })
  if (written === undefined) return undefined
  listen()
  const watch: Watched = { written, isLeft: false, hasAnswer: false }
  watched.set(request, watch)
  return {
    write: (chunk, encoding) => written.write(chunk, encoding),
    end: () => written.end(),
    leave: () => {
      watch.isLeft = true
    },
  }
}

// The channels tell of an answer without a listener on the request, which would keep Node from dropping an unread body.
function listen(): void {
  if (listening.isOn) return
  listening.isOn = true
  subscribe('http.client.response.finish', onResponse)
  subscribe('http.client.request.error', onError)
}

function onResponse(message: unknown): void {
  try {
    const { request, response } = partsOf(message)
    const watch = request instanceof ClientRequest ? watched.get(request) : undefined
    if (watch === undefined || !(response instanceof IncomingMessage)) return
    watch.hasAnswer = true
    const headers = { get: (name: string) => textOf(response.headers[name.toLowerCase()]) ?? null }
    const tap = watch.written.respond({ status: response.statusCode ?? 0, headers })
    if (tap === undefined) return
    let hasBytes = response.headers['content-length'] === '0'
    watchReadable(response, {
      chunk(bytes) {
        hasBytes = true
        tap.chunk(bytes)
      },
      // Node lets an answer go that nobody listens for: its bytes never come by.
      end: () => (hasBytes ? tap.end() : tap.leave()),
      fail: (error) => (watch.isLeft ? tap.leave() : tap.fail(error)),
      leave: () => tap.leave(),
    })
  } catch {}
}

function onError(message: unknown): void {
  const { request, error } = partsOf(message)
  const watch = request instanceof ClientRequest ? watched.get(request) : undefined
  // Before the program hears of it.
  if (watch !== undefined && !watch.hasAnswer)
    watch.written.close(watch.isLeft ? leftTypeOf(error) : errorTypeOf(error))
}

function partsOf(message: unknown): { request?: unknown; response?: unknown; error?: unknown } {
  return typeof message === 'object' && message !== null ? message : {}
}

function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(', ')
  return value === undefined || value === null ? undefined : String(value)
}
