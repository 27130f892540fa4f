import { inBackground } from '../../runtime/in-background.ts'
import { awaitProcessPrices } from '../../runtime/prices-file.ts'
import { rememberSecretsOfRequest } from '../../runtime/redact.ts'
import { currentOrOutsideScope, type Scope } from '../../runtime/scope.ts'
import { acceptedEndpoint, type KnownEndpoint } from '../../usage/index.ts'
import { ObservedAttempt } from './attempt.ts'
import type { PlaceNames } from './framework-run.ts'
import { withNames } from './framework-runs.ts'
import { noteUnknownBody } from './not-understood.ts'
import { announce } from './open-attempts.ts'
import { ModelRequest, type RequestBody } from './request-body.ts'
import { retryHeaders } from './retry-links.ts'
import type { TracePlace } from './trace-place.ts'
import { wireState } from './wire-state.ts'

/** A request that is about to be sent, however it travels. */
export interface OutgoingCall {
  readonly scope: Scope
  readonly url: URL
  readonly endpoint: KnownEndpoint
  readonly body: RequestBody
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  readonly signal?: AbortSignal
  /** Worked out before the request was given a traceparent of ours. */
  readonly trace: TracePlace
}

/** The scope a request belongs to; undefined when nobody keeps account of it, or somebody does already. */
export function observedScope(): Scope | undefined {
  const scope = currentOrOutsideScope()
  return scope.isObserved || !scope.collector.isEnabled() ? undefined : scope
}

/**
 * Begins to account for a request; undefined when its body shows that it is no call to a model. A body that is still being
 * made is looked at when it is there.
 */
export function beginAttempt(call: OutgoingCall): ObservedAttempt | undefined {
  const { scope: place, url, body, header, signal, trace } = call
  const endpoint = body.isKnown ? acceptedEndpoint(call.endpoint, () => described(call)) : call.endpoint
  if (endpoint === undefined) {
    noteUnknownBody(url)
    return undefined
  }
  // Where they are read from a file, an attempt that ends before waits for them.
  if (place.prices === undefined) inBackground(awaitProcessPrices())
  rememberSecretsOfRequest(header)
  const request = new ModelRequest({ endpoint, url, body, header })
  const scope = withNames(place, namesFor(place, request))
  const outgoing = { scope, url: url.href, body, ...retryHeaders(header) }
  const attempt = new ObservedAttempt({ scope, place, request, signal, outgoing, trace })
  if (!body.isKnown) body.whenKnown(() => learnBody(attempt, request, call))
  return attempt
}

function learnBody(attempt: ObservedAttempt, request: ModelRequest, call: OutgoingCall): void {
  try {
    const endpoint = acceptedEndpoint(call.endpoint, () => described(call))
    if (endpoint === undefined) {
      attempt.discard()
      noteUnknownBody(call.url)
      return
    }
    request.endpoint = endpoint
    inBackground(announce(attempt))
  } catch {}
}

function described({ url, body }: OutgoingCall) {
  return { url, body: body.json, form: body.form }
}

function namesFor(scope: Scope, request: ModelRequest): PlaceNames | undefined {
  try {
    return wireState().frameworks.namesFor(scope, () => request.facts.model)
  } catch {
    return undefined
  }
}
