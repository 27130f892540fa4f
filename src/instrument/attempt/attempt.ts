import type { RequestStart } from '../../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import { modelNameOf, recordRequest } from '../../runtime/collector/record-request.ts'
import { inBackground } from '../../runtime/in-background.ts'
import { processPrices, type Scope } from '../../runtime/scope.ts'
import { mergeFacts } from '../../usage/answer-facts.ts'
import type { AnswerFacts, AnswerHeaders, AnswerReader, RequestFacts, WireFormat } from '../../usage/index.ts'
import { attemptEvent, type KnownEnd, wireModelOf } from './attempt-event.ts'
import { countRequest } from './deduplication.ts'
import type { ModelRequest } from './request-body.ts'
import { noteEnd, type OutgoingRequest, type RetryLink } from './retry-links.ts'
import { isSimulator, noteSimulator } from './simulators.ts'
import type { TracePlace } from './trace-place.ts'
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
  readonly trace: TracePlace
}

/**
 * One HTTP attempt from its send to its last byte. It is recorded exactly once, by the first of the ends it meets.
 *
 * What is to be known of it is worked out when it is recorded, which for calls of a busy program is for many together: until
 * then it holds the texts of request and answer, and what was told of them as they passed.
 */
export class ObservedAttempt {
  readonly scope: Scope
  readonly #request: ModelRequest
  readonly #trace: TracePlace
  /** Held no longer than the attempt is in flight: its headers and its signal lead to all that the client made for it. */
  #sending: Sending | undefined
  #link: RetryLink | undefined
  readonly #startedAtMs = nowMs()
  readonly #startedAt = monotonicSeconds()
  #status = 0
  #isSimulated = false
  readonly #isUnsent: boolean
  #firstTokenAt: number | undefined
  #answer: Pick<AnswerReader, 'facts'> | undefined
  #isAnnounced = false
  #recordAtOnce: (() => void) | undefined

  constructor(options: AttemptOptions) {
    const { scope } = options
    const { open } = wireState()
    this.#request = options.request
    this.#trace = options.trace
    this.#sending = options
    this.#isUnsent = options.signal?.aborted === true
    this.scope = scope
    // The attempts of an operation are numbered as they are sent.
    if (scope.operation !== undefined) this.#linkOf(options.outgoing)
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

  /** True when the caller has taken its request back, whatever the error it gets for that. */
  get isLeft(): boolean {
    return this.#sending?.signal?.aborted === true
  }

  get isBodyKnown(): boolean {
    return this.#request.body.isKnown
  }

  /**
   * Records that it is about to be sent, unless its end can be recorded by the time that this is done, or nobody has named
   * its model. An end that waits for prices cannot.
   */
  announce(): void {
    const { collector, model } = this.scope
    collector.recordLater(() => {
      const isEndWaiting = this.#recordAtOnce !== undefined
      const link = this.#sending === undefined ? this.#link : this.#linkOf(this.#sending.outgoing)
      if ((this.#sending === undefined && !isEndWaiting) || link === undefined) return
      if ((model ?? this.#request.facts.model) === undefined) return
      this.#isAnnounced = true
      collector.record(this.#start(link))
    })
  }

  /** How it relates to the attempts before it, as far as these were told of. */
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
    if (this.#isSimulated) noteSimulator(this.#request.url)
  }

  /** Where to ask what the answer has told so far, should nobody read it to its end. */
  readFrom(answer: Pick<AnswerReader, 'facts'>): void {
    this.#answer = answer
  }

  /** The first token of a stream arrived. */
  seeToken(): void {
    this.#firstTokenAt ??= monotonicSeconds()
  }

  /** It was no call to a model, as its body showed. */
  discard(): void {
    this.#sending = undefined
    this.#answer = undefined
    wireState().open.delete(this)
  }

  /** Ends an attempt that nobody follows any longer: whole when all of the answer was seen, else as aborted. */
  settle(): void {
    this.#recordAtOnce?.()
    const facts = readSafely(() => this.#answer?.facts())
    this.end({ facts, isAborted: facts?.isComplete !== true })
  }

  end(end: AttemptEnd): void {
    const sent = this.#endSending()
    if (sent === undefined) return
    const known = this.#told(sent, end)
    if (known !== undefined) this.#recordWithPrices(() => this.#record(known))
  }

  /** The same for an end that is read when somebody needs to know of it: now, or together with others. */
  endLater(read: () => AttemptEnd): void {
    const { scope } = this
    const { recorded } = wireState()
    const isAwaited =
      scope.operation !== undefined ||
      scope.record !== undefined ||
      recorded.isWatched ||
      this.format.readResult !== undefined ||
      this.#pricesLoading !== undefined
    if (isAwaited) {
      this.end(read())
      return
    }
    const sent = this.#endSending()
    if (sent === undefined) return
    wireState().open.delete(this)
    scope.collector.recordLater(() => {
      const known = this.#told(sent, readSafely(read) ?? {})
      if (known !== undefined) this.#record(known)
    })
  }

  #endSending(): SentAttempt | undefined {
    const sending = this.#sending
    if (sending === undefined) return undefined
    this.#sending = undefined
    this.#answer = undefined
    return { place: sending.place, outgoing: sending.outgoing, endedAt: monotonicSeconds() }
  }

  /** Tells of the end whoever links requests to each other; undefined where the answer is to come later. */
  #told({ place, outgoing, endedAt }: SentAttempt, { facts = {}, errorType, isAborted }: AttemptEnd) {
    const link = this.#linkOf(outgoing)
    const { links, open, recorded, deferred } = wireState()
    const { url, endpoint } = this.#request
    const { scope } = this
    if (facts.isDeferred && facts.responseId !== undefined) {
      open.delete(this)
      const record = (result: AnswerFacts) => this.#recordResult(mergeFacts(facts, result), link, endedAt)
      deferred.begin(facts.responseId, { scope, endpoint: { url, endpoint }, record })
      return undefined
    }
    if (facts.isComplete && facts.responseId !== undefined && endpoint.format.readResult !== undefined)
      deferred.count({ url }, facts.responseId)
    const error = errorType ?? facts.errorType
    const hasFailed = error !== undefined || this.#status < 200 || this.#status >= 300
    noteEnd(scope.operation, { endedAt, hasAnswer: !hasFailed })
    if (hasFailed) links.failed(outgoing, link, endedAt)
    const { responseId } = facts
    recorded.note(place, () => ({ responseId, model: modelNameOf(scope, wireModelOf(this.#request, facts)), endedAt }))
    const known: KnownEnd = { facts, link, error, isAborted, endedAt }
    return known
  }

  /** The work that it began is done: it ends as it was told. */
  #recordResult(facts: AnswerFacts, link: RetryLink, endedAt: number): void {
    wireState().open.add(this)
    const known = { facts, link, error: facts.errorType, isAborted: undefined, endedAt, isDeferred: true }
    this.#recordWithPrices(() => this.#record(known))
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
    const loading = this.#pricesLoading
    if (loading === undefined) finish()
    else {
      this.#recordAtOnce = finish
      inBackground(loading.then(() => this.#recordAtOnce?.()))
    }
  }

  get #pricesLoading(): Promise<void> | undefined {
    return this.scope.prices === undefined ? processPrices().loading : undefined
  }

  #record(end: KnownEnd): void {
    const { url, endpoint, facts: asked } = this.#request
    const { facts } = end
    const seen = {
      status: this.#status,
      startedAtMs: this.#startedAtMs,
      startedAt: this.#startedAt,
      firstTokenAt: this.#firstTokenAt,
      isAnnounced: this.#isAnnounced,
      trace: this.#trace,
    }
    recordRequest(this.scope, attemptEvent(this.#request, seen, end), {
      url: url.href,
      baseUrl: endpoint.baseUrl,
      provider: facts.provider ?? asked.provider,
      parameters: asked.parameters,
      reportedUsd: facts.reportedCostUsd,
      // Of an answer that was lost the server cannot say so.
      isSimulated: this.#isSimulated || (this.#status === 0 && isSimulator(url)) || undefined,
      isUnsent: this.#isUnsent || undefined,
    })
  }
}

type Sending = Pick<AttemptOptions, 'place' | 'outgoing' | 'signal'>

/** An attempt that is no longer in flight. */
interface SentAttempt extends Omit<Sending, 'signal'> {
  /** Monotonic seconds. */
  readonly endedAt: number
}

/** What is wrong with the reading must not hide that there was a request. */
function readSafely<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
