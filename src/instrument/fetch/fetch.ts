import { inBackground } from '../../runtime/in-background.ts'
import { runInScope, type Scope } from '../../runtime/scope.ts'
import { isYes, settingOf } from '../../runtime/settings.ts'
import { askForUsage } from '../../usage/index.ts'
import { takesUsageSwitch } from '../../usage/usage-switch.ts'
import type { ObservedAttempt } from '../attempt/attempt.ts'
import { beginAttempt, observedScope } from '../attempt/begin-attempt.ts'
import { createDeferredTap } from '../attempt/deferred-work.ts'
import { errorTypeOf, leftTypeOf } from '../attempt/error-type.ts'
import { knownEndpointOf, type ModelEndpoint, modelEndpointOf, resultEndpointOf } from '../attempt/model-endpoint.ts'
import { announce, endSafely } from '../attempt/open-attempts.ts'
import { RequestBody } from '../attempt/request-body.ts'
import { type TracePlace, tracePlaceOf } from '../attempt/trace-place.ts'
import { observeAiSdk } from '../sdk/ai-sdk-operations.ts'
import { metadataTelemetry } from '../sdk/ai-sdk-telemetry.ts'
import { followFrameworks } from '../sdk/follow-frameworks.ts'
import { observeLangchain } from '../sdk/langchain-handler.ts'
import { observeOpenAiAgents } from '../sdk/openai-agents-executions.ts'
import { type FetchCall, type FetchFunction, interceptFetch } from './intercept-fetch.ts'
import { isOwnCodeWatched } from './own-code-watched.ts'
import { platform, readRequest } from './platform.ts'
import { readSentBody, readSentRequest, recordReads, type SentRequest } from './sent-request.ts'
import { watchBody, watchResponse } from './watch-response.ts'

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
    followFrameworks(() => ({ observeAiSdk, metadataTelemetry, observeLangchain, observeOpenAiAgents }))
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

/**
 * Makes a call and observes it; the caller sees what it would have seen without. The real fetch is called before anything
 * is waited for, since a caller may use its arguments again as soon as fetch has returned.
 */
export function observeFetch(call: FetchCall): Promise<Response> {
  const scope = observedScope()
  if (scope === undefined || !mayBeInit(call.init)) return call.send()
  const sent = readSentRequest(call)
  if (sent === undefined) return observeAsRead(call, scope)
  const endpoint = endpointFor(call.url, sent.method)
  if (endpoint === undefined) return sendUnobserved(scope, call)
  const { role } = endpoint.endpoint.endpoint
  if (role === 'deferred-result') return followDeferred(scope, endpoint, sendIn(scope, call))
  const refusal = scope.refuse?.()
  if (refusal !== undefined) return Promise.reject(refusal)
  if (role === 'deferred-start') return followDeferred(scope, endpoint, sendIn(scope, call))
  const trace = tracePlaceOf(scope, sent.header)
  const attempt = beginSafely({ sent, scope, endpoint, trace })
  if (attempt === undefined) return sendUnobserved(scope, call)
  const asking = isToBeAsked(endpoint.url)
    ? otherInit(call, (headers) => bodyThatAsks(call, attempt, headers))
    : undefined
  const traced = { ...call, init: asking ?? call.init }
  const { sent: traceparent } = trace
  const init =
    traceparent === undefined ? undefined : otherInit(traced, (headers) => addTraceparent(headers, traceparent))
  const written = announce(attempt)
  const send = () => sendIn(scope, call, init ?? asking)
  return follow(attempt, written === undefined ? send() : written.then(send), asking !== undefined)
}

/** A call whose arguments cannot be looked at unnoticed: what fetch reads of them is what was sent. */
function observeAsRead(call: FetchCall, scope: Scope): Promise<Response> {
  const refusal = knownEndpointOf(call.url) === undefined ? undefined : scope.refuse?.()
  if (refusal !== undefined) return Promise.reject(refusal)
  const { init, read } = recordReads(call)
  const answer = sendIn(scope, call, init)
  const sent = read()
  const endpoint = endpointFor(call.url, sent.method)
  if (endpoint === undefined) return answer
  const { role = 'call' } = endpoint.endpoint.endpoint
  if (role !== 'call') return followDeferred(scope, endpoint, answer)
  // It is in flight: nothing can be sent along any more.
  const { within } = tracePlaceOf(scope, sent.header)
  const attempt = beginSafely({ sent, scope, endpoint, trace: { within } })
  if (attempt === undefined) return answer
  inBackground(announce(attempt))
  return follow(attempt, answer, false)
}

/** False for what fetch refuses, whatever its members. */
function mayBeInit(init: unknown): boolean {
  return init === undefined || typeof init === 'object' || typeof init === 'function'
}

function endpointFor(url: string, method: string): ModelEndpoint | undefined {
  if (method === 'POST') return modelEndpointOf(url)
  return method === 'GET' ? resultEndpointOf(url) : undefined
}

/** A request that hands work in, or that asks what came of it: only its answer is looked at. */
function followDeferred(scope: Scope, endpoint: ModelEndpoint, answer: Promise<Response>): Promise<Response> {
  return answer.then((response) => {
    try {
      const tap = response.ok ? createDeferredTap(scope, endpoint, response.headers) : undefined
      return tap === undefined ? response : (watchBody(response, tap) ?? response)
    } catch {
      return response
    }
  })
}

/** A call that is no attempt: where what fetch sends is heard of as well, it would be looked at a second time. */
function sendUnobserved(scope: Scope, call: FetchCall): Promise<Response> {
  return isOwnCodeWatched() ? sendIn(scope, call) : call.send()
}

function sendIn(scope: Scope, call: FetchCall, init?: RequestInit): Promise<Response> {
  // Once a scope is entered, every promise of the process costs more: not for a fetch that needs none.
  if (call.isNodes && !isOwnCodeWatched()) return call.send(init)
  return runInScope({ ...scope, isObserved: true }, () => call.send(init))
}

function follow(attempt: ObservedAttempt, answer: Promise<Response>, hidesUsage: boolean): Promise<Response> {
  return answer.then(
    (response) => respond(attempt, response, hidesUsage),
    (error: unknown) => {
      try {
        endSafely(attempt, { errorType: attempt.isLeft ? leftTypeOf(error) : errorTypeOf(error) })
      } catch {}
      throw error
    },
  )
}

function respond(attempt: ObservedAttempt, response: Response, hidesUsage: boolean): Response {
  try {
    attempt.respond(response)
    if (response.ok) return watchResponse(response, attempt, { hidesUsage })
  } catch {}
  // The body of an error is not needed to count it.
  endSafely(attempt, {})
  return response
}

interface BeginOptions {
  readonly sent: SentRequest
  readonly scope: Scope
  readonly endpoint: ModelEndpoint
  readonly trace: TracePlace
}

function beginSafely({ sent, scope, endpoint: { url, endpoint }, trace }: BeginOptions): ObservedAttempt | undefined {
  try {
    const { header, signal } = sent
    return beginAttempt({ scope, url, endpoint, body: readSentBody(sent), header, signal, trace })
  } catch {
    return undefined
  }
}

/** `SYGRA_INCLUDE_USAGE=1` asks who is known to answer, `all` whoever it is. */
function isToBeAsked(url: URL): boolean {
  const setting = settingOf('SYGRA_INCLUDE_USAGE')
  return setting === 'all' || (isYes(setting) && takesUsageSwitch(url))
}

/**
 * The call's `init` with what `change` says of it, or does to its headers; undefined where nothing is changed, and for headers that
 * cannot be known: fetch is to say what it thinks of them.
 */
function otherInit(call: FetchCall, change: (headers: Headers) => RequestInit | undefined): RequestInit | undefined {
  try {
    const given = headersOf(call)
    if (given === undefined) return undefined
    const headers = new (platform().Headers)(given)
    const changed = change(headers)
    return changed === undefined ? undefined : { ...call.init, ...changed, headers }
  } catch {
    return undefined
  }
}

/** The headers that a call is sent with; undefined where they are those of a class of somebody else. */
function headersOf({ input, init }: FetchCall): RequestInit['headers'] {
  if (init?.headers !== undefined) return init.headers
  if (input instanceof platform().Request) {
    const { headers } = readRequest(input)
    return headers instanceof platform().Headers ? headers : undefined
  }
  return typeof input === 'string' || input instanceof platform().URL ? {} : undefined
}

/** With `SYGRA_INCLUDE_USAGE=1`: a body that asks for usage, where its caller left that open. */
function bodyThatAsks({ init }: FetchCall, attempt: ObservedAttempt, headers: Headers): RequestInit | undefined {
  if (typeof init?.body !== 'string' || !attempt.requestFacts.isStream) return undefined
  const asking = askForUsage(attempt.format, new RequestBody(init.body).json)
  if (asking === undefined) return undefined
  // A length that the caller worked out would cut the longer body.
  headers.delete('content-length')
  return { body: JSON.stringify(asking) }
}

/** Headers that could not be looked at may hold one of the caller's own. */
function addTraceparent(headers: Headers, traceparent: string): RequestInit {
  if (!headers.has('traceparent')) headers.set('traceparent', traceparent)
  return {}
}
