import { awaitProcessPrices } from '../runtime/prices-file.ts'
import { currentOrOutsideScope, type Scope } from '../runtime/scope.ts'
import { type WireFormat, wireFormatOf } from '../usage/index.ts'
import { ObservedAttempt } from './attempt.ts'
import { type PlaceNames, withNames } from './place-names.ts'
import { wireState } from './wire-state.ts'

/** A request that is about to be sent, however it travels. */
export interface OutgoingCall {
  readonly scope: Scope
  readonly url: URL
  readonly format: WireFormat
  /** The parsed body; undefined where it could not be read. */
  readonly body: unknown
  readonly bodyHash: string | undefined
  readonly prefixHashes?: readonly string[]
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

/** The URL and its format when a POST to it is a call to a model. */
export function modelEndpointOf(url: string): { readonly url: URL; readonly format: WireFormat } | undefined {
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
  const { scope, url, format, body, bodyHash, prefixHashes, header, signal } = call
  if (format.accepts?.({ url, body }) === false) return undefined
  const request = format.readRequest({ url, body })
  const named = withNames(scope, namesFor(scope, request.model))
  return new ObservedAttempt({
    scope: named,
    place: scope,
    url,
    format,
    request,
    signal,
    outgoing: {
      scope: named,
      url: url.href,
      bodyHash,
      prefixHashes,
      invocationId: header('amz-sdk-invocation-id'),
      retryCount: numberOf(header('x-stainless-retry-count')),
    },
  })
}

function namesFor(scope: Scope, wireModel: string | undefined): PlaceNames | undefined {
  try {
    return wireState().frameworks.namesFor(scope, wireModel)
  } catch {
    return undefined
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
