import type { AttemptLink } from '../../metadata/event.ts'
import type { Operation, Scope } from '../../runtime/scope.ts'
import type { RequestBody } from './request-body.ts'

/** How an attempt relates to the ones before it. Times are monotonic seconds. */
export interface RetryLink {
  readonly callId: string
  readonly resendCount: number
  readonly rule?: AttemptLink
  /** When the first attempt of the call was sent. */
  readonly callStartedAt: number
  /** From the end of the attempt that this one repeats to now. */
  readonly waitSeconds?: number
  /** The attempt that this one repeats had an answer. */
  readonly repeatsAnswer?: boolean
}

export interface OutgoingRequest {
  readonly scope: Scope
  readonly url: string
  readonly body: Pick<RequestBody, 'hash' | 'isKnown'>
  /** The same for all attempts of a call; the AWS SDK sends it. */
  readonly invocationId?: string
  /** Which retry of the call it is by the client's own count; 0 where it sends none. */
  readonly retryCount: number
}

/** What the headers of a request say of retries. */
export function retryHeaders(
  header: (name: string) => string | undefined,
): Pick<OutgoingRequest, 'invocationId' | 'retryCount'> {
  // The OpenAI and Anthropic clients send it.
  const count = header('x-stainless-retry-count')
  return {
    invocationId: header('amz-sdk-invocation-id'),
    retryCount: count !== undefined && /^\d+$/.test(count) ? Number(count) : 0,
  }
}

interface FailedAttempt {
  readonly scopeKey: string
  readonly link: RetryLink
  readonly endedAt: number
}

// SDKs wait up to 60 seconds for a Retry-After; what comes later is a new call.
const windowSeconds = 120
const maxPending = 10_000

/** Failed attempts that may be retried, so that the retry is known for one. Bounded in number and time. */
export class RetryLinks {
  readonly #pending = new Map<string, FailedAttempt[]>()
  readonly #newCallId: () => string
  #count = 0
  /** When the last attempt failed. */
  #failedAt = Number.NEGATIVE_INFINITY

  constructor(newCallId: () => string) {
    this.#newCallId = newCallId
  }

  /** Links a request that is about to be sent to the failed attempt it repeats, if it does. */
  link(request: OutgoingRequest, now: number): RetryLink {
    const { operation } = request.scope
    if (operation !== undefined) return linkInOperation(operation, now)
    const repeated = this.#take(request, now)
    if (repeated === undefined) return { callId: this.#newCallId(), resendCount: 0, callStartedAt: now }
    const { attempt, rule } = repeated
    return {
      callId: attempt.link.callId,
      resendCount: attempt.link.resendCount + 1,
      rule,
      callStartedAt: attempt.link.callStartedAt,
      waitSeconds: Math.max(0, now - attempt.endedAt),
    }
  }

  /** Remembers an attempt that failed. */
  failed(request: OutgoingRequest, link: RetryLink, now: number): void {
    if (request.scope.operation !== undefined) return
    const key = keyOf(request)
    if (key === undefined) return
    if (this.#count >= maxPending) this.#forgetOld(now)
    if (this.#count >= maxPending) return
    const attempts = this.#pending.get(key) ?? []
    attempts.push({ scopeKey: scopeKeyOf(request.scope), link, endedAt: now })
    this.#pending.set(key, attempts)
    this.#count += 1
    this.#failedAt = now
  }

  #take(request: OutgoingRequest, now: number): { attempt: FailedAttempt; rule: AttemptLink } | undefined {
    // As a rule nothing has failed, and no digest is needed.
    const key = this.#count === 0 || now - this.#failedAt > windowSeconds ? undefined : keyOf(request)
    const attempts = key === undefined ? undefined : this.#pending.get(key)
    if (key === undefined || attempts === undefined) return undefined
    const rule = ruleOf(request)
    const position = attempts.findIndex((attempt) => isRepeated(attempt, { request, rule, now }))
    const [attempt] = position < 0 ? [] : attempts.splice(position, 1)
    if (attempt === undefined) return undefined
    this.#count -= 1
    if (attempts.length === 0) this.#pending.delete(key)
    return { attempt, rule }
  }

  #forgetOld(now: number): void {
    for (const [key, attempts] of this.#pending) {
      const recent = attempts.filter(({ endedAt }) => now - endedAt <= windowSeconds)
      this.#count -= attempts.length - recent.length
      if (recent.length > 0) this.#pending.set(key, recent)
      else this.#pending.delete(key)
    }
  }
}

function linkInOperation(operation: Operation, now: number): RetryLink {
  const resendCount = operation.attempts
  operation.attempts += 1
  operation.startedAt ??= now
  return {
    callId: operation.callId,
    resendCount,
    rule: resendCount > 0 ? 'operation' : undefined,
    callStartedAt: operation.startedAt,
    waitSeconds: operation.endedAt === undefined ? undefined : Math.max(0, now - operation.endedAt),
    repeatsAnswer: (resendCount > 0 && operation.hasAnswer) || undefined,
  }
}

/** Tells the operation of an attempt how it ended. */
export function noteEnd(
  operation: Operation | undefined,
  { endedAt, hasAnswer }: { readonly endedAt: number; readonly hasAnswer: boolean },
): void {
  if (operation === undefined) return
  operation.endedAt = endedAt
  operation.hasAnswer = hasAnswer
}

function keyOf({ invocationId, url, body: { hash } }: OutgoingRequest): string | undefined {
  if (invocationId !== undefined) return `invocation ${invocationId}`
  return hash === undefined ? undefined : `${url} ${hash}`
}

function ruleOf({ invocationId, retryCount }: OutgoingRequest): AttemptLink {
  if (invocationId !== undefined) return 'invocation'
  return retryCount > 0 ? 'header' : 'hash'
}

function isRepeated(
  attempt: FailedAttempt,
  { request, rule, now }: { request: OutgoingRequest; rule: AttemptLink; now: number },
): boolean {
  // What was sent before the failure was known does not repeat it.
  if (now < attempt.endedAt || now - attempt.endedAt > windowSeconds) return false
  if (rule === 'invocation') return true
  // A client that counts its own retries names the attempt exactly; LangChain sends 0 always, so 0 says nothing.
  if (rule === 'header' && attempt.link.resendCount !== request.retryCount - 1) return false
  return attempt.scopeKey === scopeKeyOf(request.scope)
}

function scopeKeyOf({ collector, record, node, agent, tool }: Scope): string {
  return [collector.runId, record?.id, node, agent, tool].join('\n')
}
