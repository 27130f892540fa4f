import type { AnswerTap } from '../attempt/answer-tap.ts'
import { errorTypeOf, isAbort, leftTypeOf } from '../attempt/error-type.ts'
import { observeModelSocket } from '../sockets/observe-socket.ts'
import type { UndiciRequest } from './intercept-undici.ts'
import { observeWrittenRequest } from './observe-request.ts'

type Method = (...args: unknown[]) => unknown

/**
 * Observes one request of the package undici: what its methods are told of it, they tell the account first. The names are
 * those of versions 6 and 7, and of version 8.
 */
export function observeUndici(request: UndiciRequest, url: string): void {
  if (request.upgrade === 'websocket') {
    observeUpgrade(request, url)
    return
  }
  const written = observeWrittenRequest({
    url,
    method: request.method,
    header: (name) => headerIn(request.headers, name),
    addHeader: (name, value) => request.addHeader(name, value),
  })
  if (written === undefined) return
  let tap: AnswerTap | undefined
  let hasAnswer = false
  const before = (names: readonly string[], tell: (...args: unknown[]) => void) => {
    for (const name of names) tellBefore(request, name, tell)
  }
  before(['onBodySent'], (chunk) => written.write(chunk))
  before(['onRequestSent'], () => written.end())
  before(['onHeaders', 'onResponseStart'], (status, headers) => {
    // An interim answer: the one that counts is yet to come.
    if (typeof status !== 'number' || status < 200) return
    hasAnswer = true
    tap = written.respond({ status, headers: { get: (name) => headerIn(headers, name.toLowerCase()) ?? null } })
  })
  before(['onData', 'onResponseData'], (chunk) => {
    if (chunk instanceof Uint8Array) tap?.chunk(chunk)
  })
  before(['onComplete', 'onResponseEnd'], () => tap?.end())
  before(['onError', 'onResponseError'], (error) => {
    if (hasAnswer) tap?.fail(error)
    else {
      // What was refused or taken back before all was written was an attempt all the same.
      written.end()
      written.close(isAbort(error) ? leftTypeOf(error) : errorTypeOf(error))
    }
  })
}

/** Observes a WebSocket, the package's or Node's own, from the moment that its socket is handed over. */
function observeUpgrade(request: UndiciRequest, url: string): void {
  const listener = observeModelSocket(url)
  if (listener === undefined) return
  const onUpgrade = (_status: unknown, headers: unknown, socket: unknown) => {
    listener(socket, { get: (name) => headerIn(headers, name.toLowerCase()) ?? null })
  }
  for (const name of ['onUpgrade', 'onRequestUpgrade']) tellBefore(request, name, onUpgrade)
}

function tellBefore(request: UndiciRequest, name: string, tell: (...args: unknown[]) => void): void {
  const method: unknown = Reflect.get(request, name)
  if (!isMethod(method)) return
  const told: Method = (...args) => {
    try {
      tell(...args)
    } catch {}
    return Reflect.apply(method, request, args)
  }
  Object.defineProperty(request, name, { value: told, configurable: true, writable: true })
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

/** Headers come as a list of names and values, as text or bytes, or as an object. */
function headerIn(headers: unknown, name: string): string | undefined {
  if (Array.isArray(headers)) {
    const values: unknown[] = []
    for (let index = 0; index + 1 < headers.length; index += 2) {
      if (String(headers[index]).toLowerCase() === name) values.push(headers[index + 1])
    }
    return values.length === 0 ? undefined : values.map(String).join(', ')
  }
  if (typeof headers !== 'object' || headers === null) return undefined
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)
  return found === undefined || found[1] === undefined ? undefined : String(found[1])
}
