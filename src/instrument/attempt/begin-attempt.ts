import { awaitProcessPrices } from '../../runtime/prices-file.ts'
import { currentOrOutsideScope, type Scope } from '../../runtime/scope.ts'
import { type WireFormat, wireFormatOf } from '../../usage/index.ts'
import { ObservedAttempt } from './attempt.ts'
import { type PlaceNames, withNames } from './framework-runs.ts'
import type { RequestBody } from './request-body.ts'
import { ModelRequest } from './request-body.ts'
import { wireState } from './wire-state.ts'

/** A request that is about to be sent, however it travels. */
export interface OutgoingCall {
  readonly scope: Scope
  readonly url: URL
  readonly format: WireFormat
  readonly body: RequestBody
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  readonly signal?: AbortSignal
}

/** The scope a request belongs to; undefined when nobody keeps account of it, or somebody does already. */
export function observedScope(): Scope | undefined {
  const scope = currentOrOutsideScope()
  return scope.isObserved || !scope.collector.isEnabled() ? undefined : scope
}

/** Waits for the prices of the user's own, where the first call of a process finds a file of them being read. */
export function pricesFor(scope: Scope): Promise<void> | undefined {
  return scope.prices === undefined ? awaitProcessPrices() : undefined
}

/** A URL, and the format of the calls to a model that are posted to it. */
export interface ModelEndpoint {
  readonly url: URL
  readonly format: WireFormat
}

// A program calls few URLs, again and again.
const knownEndpoints = new Map<string, ModelEndpoint | undefined>()
const maxKnownEndpoints = 200

/** The URL and its format when a POST to it is a call to a model. */
export function modelEndpointOf(url: string): ModelEndpoint | undefined {
  if (knownEndpoints.has(url)) return knownEndpoints.get(url)
  if (knownEndpoints.size >= maxKnownEndpoints) knownEndpoints.clear()
  const endpoint = readEndpoint(url)
  knownEndpoints.set(url, endpoint)
  return endpoint
}

function readEndpoint(url: string): ModelEndpoint | undefined {
  try {
    const parsed = new URL(url)
    const format = wireFormatOf(parsed)
    return format === undefined ? undefined : { url: parsed, format }
  } catch {
    return undefined
  }
}

/** Begins to account for a request; undefined when its body shows that it is no call to a model. */
export function beginAttempt(call: OutgoingCall): ObservedAttempt | undefined {
  const { scope: place, url, format, body, header, signal } = call
  if (format.accepts?.({ url, body: body.json }) === false) return undefined
  const request = new ModelRequest(format, url, body)
  const scope = withNames(place, namesFor(place, request))
  return new ObservedAttempt({
    scope,
    place,
    format,
    request,
    signal,
    outgoing: { scope, url: url.href, body, header },
  })
}

function namesFor(scope: Scope, request: ModelRequest): PlaceNames | undefined {
  try {
    return wireState().frameworks.namesFor(scope, () => request.facts.model)
  } catch {
    return undefined
  }
}
