import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { syncBuiltinESMExports } from 'node:module'
import { mightBeDeferredResult, mightBeModelEndpoint } from '../../usage/model-endpoint.ts'
import { mightBeUnknownEndpoint } from '../../usage/unknown-endpoint.ts'
import { replaceMethod } from './replace-method.ts'

/** One request over HTTP/2 as it was begun. */
export interface Http2Call {
  readonly stream: ClientHttp2Stream
  readonly url: string
  readonly method: string
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined
}

export type Http2Observer = (call: Http2Call) => void

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
    const stream = request.call(session, headers, options)
    try {
      const header = (name: string) => headerIn(headers, name)
      const path = header(':path') ?? ''
      const authority = header(':authority')
      const base = authority === undefined ? origin : `${header(':scheme') ?? 'https'}://${authority}`
      const url = base + path
      const method = header(':method') ?? 'GET'
      if (method === 'GET' && mightBeDeferredResult(url)) observe({ stream, url, header, method })
      if (method === 'POST' && (mightBeModelEndpoint(url) || mightBeUnknownEndpoint(url)))
        observe({ stream, url, header, method })
    } catch {}
    return stream
  })
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
