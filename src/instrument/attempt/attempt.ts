import type { RequestStart } from '../../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import { type Attempt, modelNameOf, recordRequest } from '../../runtime/collector/record-request.ts'
import { processPrices, type Scope } from '../../runtime/scope.ts'
import { mergeFacts } from '../../usage/answer-facts.ts'
import type { AnswerFacts, AnswerHeaders, RequestFacts, WireFormat } from '../../usage/index.ts'
import { countRequest } from './deduplication.ts'
import type { ModelRequest } from './request-body.ts'
import { noteEnd, type OutgoingRequest, type RetryLink } from './retry-links.ts'
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
  readonly request: ModelRequest
  readonly outgoing: OutgoingRequest
  /** The caller's, where it gave one. */
  readonly signal?: AbortSignal
}

/** One HTTP attempt from its send to its last byte. It is recorded exactly once, by the first of the ends it meets. */
export class ObservedAttempt {
  readonly scope: Scope
  readonly #request: ModelRequest
  /** Held no longer than the attempt is on its way: its headers and its signal lead to all that the client made for it. */
  #sending: Pick<AttemptOptions, 'place' | 'outgoing' | 'signal'> | undefined
  #link: RetryLink | undefined
  readonly #startedAtMs = nowMs()
  readonly #startedAt = monotonicSeconds()
  #status = 0
  #isSimulated = false
  #firstTokenAt: number | undefined
  #readFacts: (() => AnswerFacts) | undefined
  #isAnnounced = false
  #recordAtOnce: (() => void) | undefined

  constructor(options: AttemptOptions) {
    const { scope, outgoing } = options
    const { open } = wireState()
    this.#request = options.request
    this.#sending = options
    this.scope = scope
    // Whether it repeats another is seen by its body, as a rule.
    if (outgoing.body.isKnown) this.#linkOf(outgoing)
    open.add(this)
    countRequest(scope)
  }

  get hasEnded(): boolean {
    return this.#sending === undefined
  }

  get format(): WireFormat {
    return this.#request.endpoint.format
  }

  /** What the request says of itself. */
  get requestFacts(): RequestFacts {
    return this.#request.facts
  }

  get isStreamRequest(): boolean {
    return this.#request.facts.isStream
  }

  /** True when the caller has taken its request back, whatever the error it gets for that. */
  get isLeft(): boolean {
    return this.#sending?.signal?.aborted === true
  }

  /** Its body is there and names the model, or the caller has. */
  get namesModel(): boolean {
    const { body, facts } = this.#request
    return body.isKnown && (this.scope.model ?? facts.model) !== undefined
  }

  /** Records that it is about to be sent, unless its end is known by the time that it can be recorded. */
  announce(): void {
    const { collector } = this.scope
    collector.recordLater(() => {
      if (this.#sending === undefined) return
      this.#isAnnounced = true
      collector.record(this.#start(this.#linkOf(this.#sending.outgoing)))
    })
  }

  /** How it relates to the attempts before it; asked for when its body is known. */
  #linkOf(outgoing: OutgoingRequest): RetryLink {
    this.#link ??= wireState().links.link(outgoing, this.#startedAt)
    return this.#link
  }

  #start(link: RetryLink): RequestStart {
    const { scope } = this
    const { facts, body } = this.#request
    return {
      type: 'request-start',
      callId: link.callId,
      model: modelNameOf(scope, facts.model ?? 'unknown'),
      node: scope.node,
      recordId: scope.record?.id,
      resendCount: link.resendCount,
      startedAtMs: this.#startedAtMs,
      bodyHash: body.hash,
    }
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

  /** It was no call to a model, as its body showed. */
  discard(): void {
    this.#sending = undefined
    this.#readFacts = undefined
    wireState().open.delete(this)
  }

  /** Ends an attempt that nobody follows any longer: whole when all of the answer was seen, else as aborted. */
  settle(): void {
    this.#recordAtOnce?.()
    const facts = this.#readFacts?.()
    this.end({ facts, isAborted: facts?.isComplete !== true })
  }

  end({ facts = {}, errorType, isAborted }: AttemptEnd): void {
    if (this.#sending === undefined) return
    const { place, outgoing } = this.#sending
    const link = this.#linkOf(outgoing)
    this.#sending = undefined
    this.#readFacts = undefined
    const { links, open, recorded, deferred } = wireState()
    const endedAt = monotonicSeconds()
    const { url, endpoint } = this.#request
    if (facts.isDeferred && facts.responseId !== undefined) {
      open.delete(this)
      const record = (result: AnswerFacts) => this.#recordResult(mergeFacts(facts, result), link, endedAt)
      deferred.begin(facts.responseId, { scope: this.scope, endpoint: { url, endpoint }, record })
      return
    }
    if (facts.isComplete && facts.responseId !== undefined && endpoint.format.readResult !== undefined)
      deferred.count({ url }, facts.responseId)
    const error = errorType ?? facts.errorType
    const { scope } = this
    const hasFailed = error !== undefined || this.#status < 200 || this.#status >= 300
    noteEnd(scope.operation, { endedAt, hasAnswer: !hasFailed })
    if (hasFailed) links.failed(outgoing, link, endedAt)
    this.#recordWithPrices(() => recordRequest(scope, this.#attemptAt({ facts, link, error, isAborted, endedAt })))
    const { responseId } = facts
    recorded.note(place, () => ({ responseId, model: modelNameOf(scope, this.#modelIn(facts)), endedAt }))
  }

  /** The work that it began is done: it ends as it was told. */
  #recordResult(facts: AnswerFacts, link: RetryLink, endedAt: number): void {
    const attempt = this.#attemptAt({ facts, link, error: facts.errorType, isAborted: undefined, endedAt })
    wireState().open.add(this)
    this.#recordWithPrices(() => recordRequest(this.scope, { ...attempt, isDeferred: true }))
  }

  /** At once as a rule; when the user's prices have been read, where they are being read, or when the process ends. */
  #recordWithPrices(record: () => void): void {
    const { open } = wireState()
    const { scope } = this
    const finish = () => {
      open.delete(this)
      this.#recordAtOnce = undefined
      // What a record has cost is added up as its requests end.
      if (scope.record === undefined) scope.collector.recordLater(record)
      else record()
    }
    const loading = scope.prices === undefined ? processPrices().loading : undefined
    if (loading === undefined) finish()
    else {
      this.#recordAtOnce = finish
      void loading.then(() => this.#recordAtOnce?.())
    }
  }

  #modelIn(facts: AnswerFacts): string {
    return this.#request.facts.model ?? facts.model ?? 'unknown'
  }

  #attemptAt({ facts, link, error, isAborted, endedAt }: KnownEnd): Attempt {
    const { url, body, endpoint, facts: asked } = this.#request
    const { callId, resendCount, rule, waitSeconds, callStartedAt, repeatsAnswer } = link
    return {
      callId,
      model: this.#modelIn(facts),
      upstreamModel: facts.model,
      url: url.href,
      baseUrl: endpoint.baseUrl,
      provider: facts.provider ?? asked.provider,
      parameters: asked.parameters,
      status: this.#status,
      errorType: error,
      resendCount,
      attemptLink: rule,
      repeatsAnswer,
      startedAtMs: this.#startedAtMs,
      durationSeconds: endedAt - this.#startedAt,
      waitSeconds,
      callDurationSeconds: resendCount > 0 ? endedAt - callStartedAt : undefined,
      timeToFirstTokenSeconds: this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt,
      isStream: asked.isStream || undefined,
      isAborted: isAborted || undefined,
      finishReason: facts.finishReason,
      serviceTier: facts.serviceTier,
      inferenceGeo: facts.inferenceGeo,
      isGatewayCacheHit: facts.isGatewayCacheHit,
      responseId: facts.responseId,
      bodyHash: body.hash,
      prefixHashes: body.prefixes,
      ...usageOf(facts, isAborted === true || error === 'stream_cut'),
      rawUsage: facts.rawUsage,
      reportedUsd: facts.reportedCostUsd,
      isSimulated: this.#isSimulated || undefined,
      isAnnounced: this.#isAnnounced || undefined,
    }
  }
}

/** An end as it was settled: with the error that the facts may hold. */
interface KnownEnd extends Pick<AttemptEnd, 'isAborted'> {
  readonly facts: AnswerFacts
  readonly link: RetryLink
  readonly error: string | undefined
  /** Monotonic seconds. */
  readonly endedAt: number
}

/** Exact usage of a whole answer; of one that was cut only what was seen, as a lower bound. */
function usageOf(facts: AnswerFacts, isCut: boolean): Pick<Attempt, 'usage' | 'estimatedUsage'> {
  if (facts.usage !== undefined && !isCut) return { usage: facts.usage }
  if (facts.usage === undefined && !facts.outputChunks) return {}
  // Each chunk of a stream holds at least one token.
  const output = Math.max(facts.usage?.output ?? 0, facts.outputChunks ?? 0)
  return { estimatedUsage: { ...facts.usage, output } }
}
