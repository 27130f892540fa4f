import { awaitProcessPrices } from '../runtime/prices-file.ts'
import { currentOrOutsideScope, type Scope } from '../runtime/scope.ts'
import { type WireFormat, wireFormatOf } from '../usage/index.ts'
import { ObservedAttempt } from './attempt.ts'
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
  const named = namedScope(scope, request.model)
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

/** The scope with the names that a framework knows of the place; what the program named itself stays. */
function namedScope(scope: Scope, wireModel: string | undefined): Scope {
  const { nameSources } = wireState()
  let named = scope
  for (const source of nameSources) {
    const names = askSafely(() => source(scope, wireModel))
    if (names === undefined) continue
    named = {
      ...named,
      node: named.node ?? names.node,
      agent: names.agent ?? named.agent,
      tool: names.tool ?? named.tool,
      model: named.model ?? names.model,
    }
  }
  return named
}

function askSafely<Result>(ask: () => Result): Result | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
