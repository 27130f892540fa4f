import { currentOrOutsideScope, nextCallId, runInScope, type Scope } from '../runtime/scope.ts'
import { mightBeModelEndpoint, type RequestFacts, type WireFormat, wireFormatOf } from '../usage/index.ts'
import { type AttemptEnd, ObservedAttempt } from './attempt.ts'
import { isAbort, tapResponse } from './body-tap.ts'
import { bodyHashOf, bodyTextOf, parseBody } from './request-body.ts'
import { RetryLinks } from './retry-links.ts'

export type FetchFunction = typeof globalThis.fetch

/** What the tap holds from its installation to its removal. */
const tap = {
  links: new RetryLinks(nextCallId),
  /** Attempts whose body has not ended. */
  open: new Set<ObservedAttempt>(),
  original: undefined as FetchFunction | undefined,
  installed: undefined as FetchFunction | undefined,
  installations: 0,
}

const tracked = new WeakSet<FetchFunction>()

/**
 * A fetch whose calls to models are observed: each attempt with its status, duration, tokens and cost, recorded where the
 * caller's scope says. Other URLs cost one check. What is already tracked is given back as it is.
 */
export function trackFetch(fetch: FetchFunction): FetchFunction {
  if (tracked.has(fetch)) return fetch
  const trackedFetch: FetchFunction = (input, init) => {
    const url = urlOf(input)
    if (!mightBeModelEndpoint(url)) return fetch(input, init)
    return observe({ fetch, url, input, init })
  }
  tracked.add(trackedFetch)
  return trackedFetch
}

/** Observes the process's own fetch until the function it gives is called. Counted: the last one out restores it. */
export function installFetch(): () => void {
  tap.installations += 1
  if (tap.installations === 1) {
    tap.original = globalThis.fetch
    tap.installed = trackFetch(tap.original)
    globalThis.fetch = tap.installed
  }
  let isInstalled = true
  return () => {
    if (!isInstalled) return
    isInstalled = false
    tap.installations -= 1
    if (tap.installations > 0 || tap.original === undefined) return
    // Somebody who wrapped it after us keeps its wrapper.
    if (globalThis.fetch === tap.installed) globalThis.fetch = tap.original
    tap.original = undefined
    tap.installed = undefined
  }
}

/** How many attempts of a run are on their way. */
export function countOpenAttempts(runId: string): number {
  let count = 0
  for (const attempt of tap.open) if (attempt.scope.collector.runId === runId) count += 1
  return count
}

/** Ends the attempts of a run whose bodies nobody has read to the end. */
export function settleOpenAttempts(runId: string): void {
  for (const attempt of tap.open) {
    if (attempt.scope.collector.runId !== runId) continue
    endSafely(attempt, { isAborted: true })
  }
}

interface FetchCall {
  readonly fetch: FetchFunction
  readonly url: string
  readonly input: Parameters<FetchFunction>[0]
  readonly init: Parameters<FetchFunction>[1]
}

async function observe(call: FetchCall): Promise<Response> {
  const scope = currentOrOutsideScope()
  if (scope.isObserved || !scope.collector.isEnabled()) return call.fetch(call.input, call.init)
  const attempt = await begin(call, scope)
  if (attempt === undefined) return call.fetch(call.input, call.init)
  tap.open.add(attempt)
  await announce(attempt)
  let response: Response
  try {
    response = await runInScope({ ...scope, isObserved: true }, () => call.fetch(call.input, call.init))
  } catch (error) {
    endSafely(attempt, { errorType: errorTypeOf(error) })
    throw error
  }
  return respond(attempt, response)
}

// Kept before it is sent: should the process die now, the ledger tells that somebody may have been charged.
async function announce(attempt: ObservedAttempt): Promise<void> {
  const { ledger } = attempt.scope.collector
  if (ledger === undefined) return
  try {
    attempt.announce()
    await ledger.kept()
  } catch {}
}

function respond(attempt: ObservedAttempt, response: Response): Response {
  try {
    attempt.respond(response)
    if (response.ok) return tapResponse(response, attempt)
  } catch {}
  // The body of an error is not needed to count it.
  endSafely(attempt, {})
  return response
}

function endSafely(attempt: ObservedAttempt, end: AttemptEnd): void {
  try {
    attempt.end(end)
  } catch {}
}

async function begin(call: FetchCall, scope: Scope): Promise<ObservedAttempt | undefined> {
  try {
    const url = new URL(call.url)
    const format = wireFormatOf(url)
    if (format === undefined || methodOf(call) !== 'POST') return undefined
    const text = await readBody(call)
    const request = readRequest(format, url, text)
    const headers = headersOf(call)
    const outgoing = {
      scope,
      url: call.url,
      bodyHash: bodyHashOf(text),
      invocationId: headers.get('amz-sdk-invocation-id') ?? undefined,
      retryCount: numberOf(headers.get('x-stainless-retry-count')),
    }
    const onEnd = (attempt: ObservedAttempt) => tap.open.delete(attempt)
    return new ObservedAttempt({ scope, url, format, request, outgoing, links: tap.links, onEnd })
  } catch {
    return undefined
  }
}

function readRequest(format: WireFormat, url: URL, text: string | undefined): RequestFacts {
  return format.readRequest({ url, body: parseBody(text) })
}

function urlOf(input: FetchCall['input']): string {
  if (typeof input === 'string') return input
  return input instanceof URL ? input.href : input.url
}

function methodOf({ input, init }: FetchCall): string {
  return (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
}

function headersOf({ input, init }: FetchCall): Headers {
  return new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
}

async function readBody({ input, init }: FetchCall): Promise<string | undefined> {
  if (init?.body !== undefined && init.body !== null) return bodyTextOf(init.body)
  return input instanceof Request && input.body !== null ? input.clone().text() : undefined
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined
}

/** A word for why no response came: the system's code (`ECONNREFUSED`), `aborted`, `timeout`, or the error's name. */
function errorTypeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout'
  if (isAbort(error)) return 'aborted'
  const cause = error instanceof Error ? error.cause : undefined
  for (const candidate of [error, cause]) {
    if (typeof candidate === 'object' && candidate !== null && 'code' in candidate) return String(candidate.code)
  }
  return 'connection_error'
}
