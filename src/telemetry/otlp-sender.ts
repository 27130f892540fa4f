import { messageOf } from '../errors.ts'
import type { MetricTotals } from '../exporters/otel/metric-totals.ts'
import { otlpMetrics, otlpTraces } from '../exporters/otel/otlp-json.ts'
import type { SpanData } from '../exporters/otel/span.ts'
import { clearTimer, monotonicMs, nowMs, pause, setTimer, within } from '../runtime/clock.ts'
import { inBackground } from '../runtime/in-background.ts'
import { redactUrl } from '../runtime/redact.ts'
import { readRetryAfter } from '../usage/rate-limit.ts'
import type { OtelSettings } from './otel-settings.ts'
import { postJson } from './post-json.ts'

/** So many spans wait for a receiver that is slow or down; the oldest go first. */
const maxQueued = 8_192
/** So many are sent together. */
const spansAtOnce = 512
const sendEveryMs = 1_000
const metricsEveryMs = 10_000
const firstBackoffMs = 500
const maxBackoffMs = 30_000

/** What became of what was to be sent. */
export interface SentCounts {
  readonly sentSpans: number
  readonly droppedSpans: number
  /** Why, as the receiver or the system said it last. */
  readonly problem: string | undefined
}

interface SenderOptions {
  readonly settings: OtelSettings
  readonly metrics?: MetricTotals
  readonly startedAtMs?: number
  /** Spans wait without a limit: whoever gives them waits for the sender. */
  readonly isPatient?: boolean
}

/**
 * Sends spans and metrics to an OTLP receiver in the background. A receiver that is down, slow or asks for less is tried again
 * when it says, else ever more slowly; what does not fit into the queue meanwhile is dropped, and counted. It never throws, and
 * keeps no process alive.
 */
export class OtlpSender {
  readonly #options: SenderOptions
  readonly #startedAtMs: number
  #queue: SpanData[] = []
  #sent = 0
  #dropped = 0
  #problem: string | undefined
  #backoffMs = 0
  /** Monotonic milliseconds before which nothing is sent. */
  #notBefore = 0
  #sending: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #metricsSentAt = Number.NEGATIVE_INFINITY
  #hasNewMetrics = false

  constructor(options: SenderOptions) {
    this.#options = options
    this.#startedAtMs = options.startedAtMs ?? nowMs()
  }

  /** How many spans wait. */
  get waiting(): number {
    return this.#queue.length
  }

  get counts(): SentCounts {
    return { sentSpans: this.#sent, droppedSpans: this.#dropped, problem: this.#problem }
  }

  add(spans: readonly SpanData[]): void {
    for (const span of spans) if (this.#options.settings.isSampled(span.traceId)) this.#queue.push(span)
    const excess = this.#queue.length - maxQueued
    if (excess > 0 && this.#options.isPatient !== true) {
      this.#queue.splice(0, excess)
      this.#dropped += excess
    }
    this.#schedule()
  }

  /** There is more in the metrics than was sent. */
  noteMetrics(): void {
    this.#hasNewMetrics = true
    this.#schedule()
  }

  /** Sends what waits, for no longer than that; what is left is dropped, and counted. */
  async flush(maxMs: number): Promise<SentCounts> {
    clearTimer(this.#timer)
    const end = monotonicMs() + maxMs
    this.#metricsSentAt = Number.NEGATIVE_INFINITY
    while (this.#queue.length > 0 || this.#hasNewMetrics) {
      const left = end - monotonicMs()
      if (left <= 0) break
      const waitMs = this.#notBefore - monotonicMs()
      if (waitMs > left) break
      if (waitMs > 0) await pause(waitMs).over
      // A receiver that takes the connection and never answers must not be waited for.
      await within(this.#send(left), left)
    }
    this.#dropped += this.#queue.length
    this.#queue = []
    return this.counts
  }

  #schedule(): void {
    this.#timer ??= setTimer(
      () => {
        this.#timer = undefined
        const sent = this.#send(this.#options.settings.timeoutMs).then(() => {
          if (this.#queue.length > 0 || this.#hasNewMetrics) this.#schedule()
        })
        inBackground(sent)
      },
      Math.max(sendEveryMs, this.#notBefore - monotonicMs()),
    ).unref()
  }

  #send(timeoutMs: number): Promise<void> {
    this.#sending ??= this.#sendOnce(Math.min(timeoutMs, this.#options.settings.timeoutMs)).finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #sendOnce(timeoutMs: number): Promise<void> {
    if (monotonicMs() < this.#notBefore) return
    const { settings } = this.#options
    while (this.#queue.length > 0) {
      const spans = this.#queue.slice(0, spansAtOnce)
      const outcome = await this.#post(settings.tracesUrl, otlpTraces(spans, settings.source), timeoutMs)
      if (outcome === 'later') return
      // Those that were dropped while they were in flight are no longer at the front.
      const own = new Set(spans)
      this.#queue = this.#queue.filter((span) => !own.has(span))
      if (outcome === 'taken') this.#sent += spans.length
      else this.#dropped += spans.length
    }
    await this.#sendMetrics(timeoutMs)
  }

  async #sendMetrics(timeoutMs: number): Promise<void> {
    const { settings, metrics } = this.#options
    const isDue = monotonicMs() - this.#metricsSentAt >= metricsEveryMs
    if (metrics === undefined || metrics.isEmpty) this.#hasNewMetrics = false
    if (!this.#hasNewMetrics || !isDue || metrics === undefined) return
    const times = { startedAtMs: this.#startedAtMs, atMs: nowMs() }
    this.#hasNewMetrics = false
    const outcome = await this.#post(
      settings.metricsUrl,
      otlpMetrics(metrics.list(), settings.source, times),
      timeoutMs,
    )
    // They are sums since the beginning: nothing is lost with a request that failed.
    if (outcome === 'later') this.#hasNewMetrics = true
    else this.#metricsSentAt = monotonicMs()
  }

  async #post(url: string, body: object, timeoutMs: number): Promise<'taken' | 'refused' | 'later'> {
    const { headers } = this.#options.settings
    try {
      const { status, header, text } = await postJson(url, body, { headers, timeoutMs })
      if (status >= 200 && status < 300) {
        this.#backoffMs = 0
        this.#noteRejected(text)
        return 'taken'
      }
      this.#problem = `${shown(url)} answered ${status}`
      if (![429, 502, 503, 504].includes(status)) return 'refused'
      this.#waitAtLeast(readRetryAfter({ get: header }, nowMs()))
    } catch (error) {
      this.#problem = `${shown(url)}: ${messageOf(error)}`
      this.#waitAtLeast(undefined)
    }
    return 'later'
  }

  /** A receiver may take a request and leave out some of it. */
  #noteRejected(text: string): void {
    const rejected = /"rejectedSpans":\s*"?(\d+)/.exec(text)?.[1]
    if (rejected === undefined || rejected === '0') return
    this.#dropped += Number(rejected)
    this.#sent -= Number(rejected)
    this.#problem = `the receiver took all but ${rejected} spans`
  }

  #waitAtLeast(askedSeconds: number | undefined): void {
    this.#backoffMs = Math.min(maxBackoffMs, Math.max(firstBackoffMs, this.#backoffMs * 2))
    this.#notBefore = monotonicMs() + (askedSeconds === undefined ? this.#backoffMs : askedSeconds * 1000)
  }
}

/** An address may hold a key. */
function shown(url: string): string {
  return redactUrl(url)
}
