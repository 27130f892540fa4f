import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import { URL } from '../../platform.ts'
import { mightBeDeferredResult, mightBeModelEndpoint } from '../../usage/endpoints/model-endpoint.ts'
import { mightBeUnknownEndpoint } from '../../usage/endpoints/unknown-endpoint.ts'
import type { RequestToWrite } from './observe-request.ts'
import { replaceMethod } from './replace-method.ts'

/** Looks at a request before it is sent, and gives what is to follow it then. */
export type Http2Observer = (request: RequestToWrite) => ((stream: ClientHttp2Stream) => void) | undefined

type Connect = typeof http2.connect
type Request = ClientHttp2Session['request']

/**
 * Watches what the process sends over sessions of `http2.connect` that are opened from now on, the default transport of
 * Bedrock's client among them; gives the function that ends it.
 */
export function interceptHttp2(observe: Http2Observer): () => void {
  const { connect } = http2
  const watchedConnect = ((...args: unknown[]) => {
    const session: ClientHttp2Session = Reflect.apply(connect, http2, args)
    watchSession(session, originOf(args[0]), observe)
    return session
  }) as Connect
  http2.connect = watchedConnect
  // Programs that import the function by its name see the new one too.
  syncBuiltinESMExports()
  return () => {
    if (http2.connect !== watchedConnect) return
    http2.connect = connect
    syncBuiltinESMExports()
  }
}

function watchSession(session: ClientHttp2Session, origin: string, observe: Http2Observer): void {
  const { request } = session
  replaceMethod(session, 'request', (headers: Parameters<Request>[0], options: Parameters<Request>[1]) => {
    let sent = headers
    let follow: ((stream: ClientHttp2Stream) => void) | undefined
    try {
      const header = (name: string) => headerIn(headers, name)
      const addHeader = (name: string, value: string) => {
        sent = withHeader(sent, name, value)
      }
      const path = header(':path') ?? ''
      const authority = header(':authority')
      const base = authority === undefined ? origin : `${header(':scheme') ?? 'https'}://${authority}`
      const url = base + path
      const method = header(':method') ?? 'GET'
      const isCall = method === 'POST' && (mightBeModelEndpoint(url) || mightBeUnknownEndpoint(url))
      if (isCall || (method === 'GET' && mightBeDeferredResult(url)))
        follow = observe({ url, method, header, addHeader })
    } catch {}
    const stream = request.call(session, sent, options)
    try {
      follow?.(stream)
    } catch {}
    return stream
  })
}

type Headers = Parameters<Request>[0]

/** The headers with one more, and those of the caller as they were. A list of them, as newer versions of Node take it, stays as it is. */
function withHeader(headers: Headers, name: string, value: string): Headers {
  if (Array.isArray(headers)) throw new Error('a list of headers')
  return { ...headers, [name]: value }
}

// Headers may come as an object, or as a list of names and values.
function headerIn(headers: unknown, name: string): string | undefined {
  if (Array.isArray(headers)) {
    const index = headers.findIndex((item, position) => position % 2 === 0 && String(item).toLowerCase() === name)
    return index < 0 ? undefined : String(headers[index + 1])
  }
  if (typeof headers !== 'object' || headers === null) return undefined
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name && value !== undefined) return String(value)
  }
  return undefined
}

function originOf(authority: unknown): string {
  const text = String(authority)
  return URL.canParse(text) ? new URL(text).origin : text
}
