import { runInScope, type Scope } from '../../runtime/scope.ts'
import { isYes } from '../../runtime/settings.ts'
import { askForUsage } from '../../usage/index.ts'
import type { ObservedAttempt } from '../attempt/attempt.ts'
import {
  beginAttempt,
  type ModelEndpoint,
  modelEndpointOf,
  observedScope,
  pricesFor,
} from '../attempt/begin-attempt.ts'
import { errorTypeOf, leftTypeOf } from '../attempt/error-type.ts'
import { announce, endSafely } from '../attempt/open-attempts.ts'
import { bodyTextOf, RequestBody } from '../attempt/request-body.ts'
import { followAiSdk } from '../sdk/ai-sdk-channel.ts'
import { endAiSdkOperation, startAiSdkOperation } from '../sdk/ai-sdk-operations.ts'
import { tapResponse } from './body-tap.ts'
import { type FetchCall, type FetchFunction, interceptFetch } from './intercept-fetch.ts'

export { settleOpenAttempts } from '../attempt/open-attempts.ts'

/**
 * A fetch whose calls to models are observed: each attempt with its status, duration, tokens and cost, recorded where the
 * caller's scope says. Other URLs cost one check. What is already tracked is given back as it is.
 */
export function trackFetch(fetch: FetchFunction): FetchFunction {
  return interceptFetch(fetch, observeFetch)
}

/** What the installation holds: how many asked for it, and the fetch it replaced. */
const installation = {
  count: 0,
  original: undefined as FetchFunction | undefined,
  installed: undefined as FetchFunction | undefined,
}

/** Observes the process's own fetch until the function it gives is called. Counted: the last one out restores it. */
export function installFetch(): () => void {
  installation.count += 1
  if (installation.count === 1) {
    installation.original = globalThis.fetch
    installation.installed = trackFetch(installation.original)
    globalThis.fetch = installation.installed
    followAiSdk(() => ({ startAiSdkOperation, endAiSdkOperation }))
  }
  let isInstalled = true
  return () => {
    if (!isInstalled) return
    isInstalled = false
    installation.count -= 1
    if (installation.count > 0 || installation.original === undefined) return
    // Somebody who wrapped it after us keeps its wrapper.
    if (globalThis.fetch === installation.installed) globalThis.fetch = installation.original
    installation.original = undefined
    installation.installed = undefined
  }
}

/** Makes a call and observes it; the caller sees what it would have seen without. */
export function observeFetch(call: FetchCall): Promise<Response> {
  const scope = observedScope()
  if (scope === undefined || methodOf(call) !== 'POST') return call.fetch(call.input, call.init)
  const endpoint = modelEndpointOf(call.url)
  if (endpoint === undefined) return call.fetch(call.input, call.init)
  return observeEndpoint(call, scope, endpoint)
}

async function observeEndpoint(call: FetchCall, scope: Scope, endpoint: ModelEndpoint): Promise<Response> {
  const refusal = scope.refuse?.()
  if (refusal !== undefined) throw refusal
  const pricesArrive = pricesFor(scope)
  if (pricesArrive !== undefined) await pricesArrive
  const given = call.init?.body
  // Not awaited where it is at hand, as it nearly always is.
  const text = typeof given === 'string' ? given : await readBodySafely(call)
  const begun = beginSafely(call, text, scope, endpoint)
  if (begun === undefined) return call.fetch(call.input, call.init)
  const { attempt, init, hidesUsage } = begun
  const kept = announce(attempt)
  if (kept !== undefined) await kept
  let response: Response
  try {
    // Once a scope is entered, every promise of the process costs more: not for a fetch that needs none.
    response = call.isNodes
      ? await call.fetch(call.input, init)
      : await runInScope({ ...scope, isObserved: true }, () => call.fetch(call.input, init))
  } catch (error) {
    endSafely(attempt, { errorType: attempt.isLeft ? leftTypeOf(error) : errorTypeOf(error) })
    throw error
  }
  return respond(attempt, response, hidesUsage)
}

function respond(attempt: ObservedAttempt, response: Response, hidesUsage: boolean): Response {
  try {
    attempt.respond(response)
    if (response.ok) return tapResponse(response, attempt, { hidesUsage })
  } catch {}
  // The body of an error is not needed to count it.
  endSafely(attempt, {})
  return response
}

interface BegunCall {
  readonly attempt: ObservedAttempt
  /** What to send: changed only where usage is asked for in the caller's stead. */
  readonly init: FetchCall['init']
  readonly hidesUsage: boolean
}

function beginSafely(
  call: FetchCall,
  text: string | undefined,
  scope: Scope,
  { url, endpoint }: ModelEndpoint,
): BegunCall | undefined {
  try {
    const body = new RequestBody(text)
    const attempt = beginAttempt({ scope, url, endpoint, body, header: headerReader(call), signal: signalOf(call) })
    if (attempt === undefined) return undefined
    const asking = isYes(process.env.SYGRA_INCLUDE_USAGE) ? initThatAsks(call, attempt, body) : undefined
    return { attempt, init: asking ?? call.init, hidesUsage: asking !== undefined }
  } catch {
    return undefined
  }
}

/** With `SYGRA_INCLUDE_USAGE=1`: the call with a body that asks for usage, where its caller left that open. */
function initThatAsks({ init }: FetchCall, attempt: ObservedAttempt, body: RequestBody): FetchCall['init'] | undefined {
  if (typeof init?.body !== 'string' || !attempt.isStreamRequest) return undefined
  const asking = askForUsage(attempt.format, body.json)
  if (asking === undefined) return undefined
  const headers = new Headers(init.headers)
  // A length that the caller worked out would cut the longer body.
  headers.delete('content-length')
  return { ...init, headers, body: JSON.stringify(asking) }
}

function methodOf({ input, init }: FetchCall): string {
  return String(init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
}

/** Reads headers by their names in lower case. */
function headerReader({ input, init }: FetchCall): (name: string) => string | undefined {
  const given = init?.headers ?? (input instanceof Request ? input.headers : {})
  if (given instanceof Headers) return (name) => given.get(name) ?? undefined
  // Making `Headers` of them costs more than all else that is done with the request.
  if (Object.getPrototypeOf(given) === Object.prototype) {
    return (name) => Object.entries(given).find(([key]) => key.toLowerCase() === name)?.[1]
  }
  return (name) => new Headers(given).get(name) ?? undefined
}

function signalOf({ input, init }: FetchCall): AbortSignal | undefined {
  return init?.signal ?? (input instanceof Request ? input.signal : undefined)
}

async function readBodySafely({ input, init }: FetchCall): Promise<string | undefined> {
  try {
    if (init?.body !== undefined && init.body !== null) return bodyTextOf(init.body)
    // Only what is JSON is surely there already; a body that is still being made must not be waited for.
    if (!(input instanceof Request) || input.body === null || !isJson(input.headers)) return undefined
    return await input.clone().text()
  } catch {
    return undefined
  }
}

function isJson(headers: Headers): boolean {
  return headers.get('content-type')?.includes('json') === true
}
