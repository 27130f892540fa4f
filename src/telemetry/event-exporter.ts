import { measurementsOf } from '../exporters/otel/call-metrics.ts'
import { MetricTotals } from '../exporters/otel/metric-totals.ts'
import { RunSpans } from '../exporters/otel/run-spans.ts'
import type { SpanPlace } from '../exporters/otel/span.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import { redactText } from '../runtime/redact.ts'
import type { OtelSettings } from './otel-settings.ts'
import { OtlpSender, type SentCounts } from './otlp-sender.ts'

interface EventExporterOptions {
  readonly settings: OtelSettings
  /** When the first of the events happened. */
  readonly startedAtMs?: number
  readonly isPatient?: boolean
}

/** Sends what the events of runs say to an OTLP receiver: spans, and metrics, in which all runs are added up. */
export class EventExporter {
  readonly #settings: OtelSettings
  readonly #metrics = new MetricTotals()
  readonly #sender: OtlpSender
  /** Calls that the programs' own OpenTelemetry was told of: they are not sent again. */
  #tracedCalls = 0

  constructor(options: EventExporterOptions) {
    this.#settings = options.settings
    this.#sender = new OtlpSender({ ...options, metrics: this.#metrics })
  }

  get tracedCalls(): number {
    return this.#tracedCalls
  }

  /** Begins with a run; what it is given are the run's events. */
  follow(): RunFollowing {
    const spans = new RunSpans({
      names: this.#settings.names,
      clean: redactText,
      onCall: (call) => {
        if (call.attempts[0].isTraced) {
          this.#tracedCalls += 1
          return
        }
        for (const measurement of measurementsOf(call, this.#settings.names)) this.#metrics.add(measurement)
        this.#sender.noteMetrics()
      },
    })
    return {
      place: () => spans.place,
      take: (event, atMs) => this.#sender.add(spans.take(event, atMs)),
      flushOld: (nowMs) => this.#sender.add(spans.flushOld(nowMs)),
      end: () => this.#sender.add(spans.end()),
    }
  }

  /** How many spans wait to be sent. */
  get waiting(): number {
    return this.#sender.waiting
  }

  /** Sends what waits, for no longer than that. */
  flush(maxMs: number): Promise<SentCounts> {
    return this.#sender.flush(maxMs)
  }
}

export interface RunFollowing {
  readonly place: () => SpanPlace
  readonly take: (event: MetadataEvent, atMs: number) => void
  /** Sends the calls whose retry will come no more. */
  readonly flushOld: (nowMs: number) => void
  /** Sends what waits for an end that will not come. */
  readonly end: () => void
}

/** What is said where not all was sent; undefined where all was. */
export function lossText({ sentSpans, droppedSpans, problem }: SentCounts): string | undefined {
  if (droppedSpans === 0) return undefined
  const why = problem === undefined ? '' : `: ${problem}`
  return `${droppedSpans} of ${sentSpans + droppedSpans} spans were not sent to OpenTelemetry${why}`
}
