import { monotonicSeconds, nowMs } from '../runtime/clock.ts'
import { recordRequest } from '../runtime/record-request.ts'
import type { Scope } from '../runtime/scope.ts'
import type { AnswerFacts, AnswerHeaders, RequestFacts, WireFormat } from '../usage/index.ts'
import type { OutgoingRequest, RetryLink } from './retry-links.ts'
import { tellWitnesses } from './sightings.ts'
import { wireState } from './wire-state.ts'

/** How an attempt ended, as far as the status does not tell. */
export interface AttemptEnd {
  readonly facts?: AnswerFacts
  readonly errorType?: string
  /** The reader went away before the end. */
  readonly isAborted?: boolean
}

export interface AttemptOptions {
  /** Where it belongs, with the names that frameworks gave. */
  readonly scope: Scope
  /** The scope as the program set it. */
  readonly place: Scope
  readonly url: URL
  readonly format: WireFormat
  readonly request: RequestFacts
  readonly outgoing: OutgoingRequest
  /** The caller's, where it gave one. */
  readonly signal?: AbortSignal
}

/** One HTTP attempt from its send to its last byte. It is recorded exactly once, by the first of the ends it meets. */
export class ObservedAttempt {
  readonly format: WireFormat
  readonly scope: Scope
  readonly isStreamRequest: boolean
  readonly #options: AttemptOptions
  readonly #link: RetryLink
  readonly #startedAtMs = nowMs()
  readonly #startedAt = monotonicSeconds()
  #status = 0
  #isSimulated = false
  #firstTokenAt: number | undefined
  #readFacts: (() => AnswerFacts) | undefined
  #hasEnded = false
  #isAnnounced = false

  constructor(options: AttemptOptions) {
    const { format, scope, request, outgoing } = options
    const { links, open } = wireState()
    this.#options = options
    this.format = format
    this.scope = scope
    this.isStreamRequest = request.isStream
    this.#link = links.link(outgoing, this.#startedAt)
    open.add(this)
    tellWitnesses(scope)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** True when the caller has taken its request back, whatever the error it gets for that. */
  get isLeft(): boolean {
    return this.#options.signal?.aborted === true
  }

  /** Records that it is about to be sent. */
  announce(): void {
    const { scope, request, outgoing } = this.#options
    this.#isAnnounced = true
    scope.collector.record({
      type: 'request-start',
      callId: this.#link.callId,
      model: scope.model?.name ?? request.model ?? 'unknown',
      node: scope.node,
      recordId: scope.record?.id,
      resendCount: this.#link.resendCount,
      startedAtMs: this.#startedAtMs,
      bodyHash: outgoing.bodyHash,
    })
  }

  /** Headers arrived. */
  respond({ status, headers }: { readonly status: number; readonly headers: AnswerHeaders }): void {
    this.#status = status
    this.#isSimulated = headers.get('x-sygra-simulated') === '1'
  }

  /** Where to ask what the answer has told so far, should nobody read it to its end. */
  readFactsFrom(readFacts: () => AnswerFacts): void {
    this.#readFacts = readFacts
  }

  /** The first token of a stream arrived. */
  seeToken(): void {
    this.#firstTokenAt ??= monotonicSeconds()
  }

  /** Ends an attempt that nobody follows any longer: whole when all of the answer was seen, else as aborted. */
  settle(): void {
    const facts = this.#readFacts?.()
    this.end({ facts, isAborted: facts?.isComplete !== true })
  }

  end({ facts = {}, errorType, isAborted }: AttemptEnd): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const { links, open, sightings } = wireState()
    open.delete(this)
    const endedAt = monotonicSeconds()
    const error = errorType ?? facts.errorType
    const { scope, request, outgoing } = this.#options
    if (scope.operation !== undefined) scope.operation.endedAt = endedAt
    const hasFailed = error !== undefined || this.#status < 200 || this.#status >= 300
    if (hasFailed) links.failed(outgoing, this.#link, endedAt)
    const event = recordRequest(scope, {
      callId: this.#link.callId,
      model: request.model ?? facts.model ?? 'unknown',
      upstreamModel: facts.model,
      url: this.#options.url.href,
      provider: this.format.provider(this.#options.url),
      parameters: request.parameters,
      status: this.#status,
      errorType: error,
      resendCount: this.#link.resendCount,
      attemptLink: this.#link.rule,
      startedAtMs: this.#startedAtMs,
      durationSeconds: endedAt - this.#startedAt,
      waitSeconds: this.#link.waitSeconds,
      callDurationSeconds: this.#link.resendCount > 0 ? endedAt - this.#link.callStartedAt : undefined,
      timeToFirstTokenSeconds: this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt,
      isStream: request.isStream || undefined,
      isAborted: isAborted || undefined,
      finishReason: facts.finishReason,
      serviceTier: facts.serviceTier,
      responseId: facts.responseId,
      bodyHash: outgoing.bodyHash,
      prefixHashes: outgoing.prefixHashes,
      ...usageOf(facts, isAborted === true || error === 'stream_cut'),
      rawUsage: facts.rawUsage,
      reportedUsd: facts.reportedCostUsd,
      isSimulated: this.#isSimulated || undefined,
      isAnnounced: this.#isAnnounced || undefined,
    })
    sightings.note(this.#options.place, { responseId: event.responseId, model: event.model, endedAt })
  }
}

/** Exact usage of a whole answer; of one that was cut only what was seen, as a lower bound. */
function usageOf(
  facts: AnswerFacts,
  isCut: boolean,
): Pick<Parameters<typeof recordRequest>[1], 'usage' | 'estimatedUsage'> {
  if (facts.usage !== undefined && !isCut) return { usage: facts.usage }
  if (facts.usage === undefined && !facts.outputChunks) return {}
  // Each chunk of a stream holds at least one token.
  const output = Math.max(facts.usage?.output ?? 0, facts.outputChunks ?? 0)
  return { estimatedUsage: { ...facts.usage, output } }
}
