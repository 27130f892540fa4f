import { conventionsFor } from '../exporters/otel/conventions.ts'
import { RunSpans } from '../exporters/otel/run-spans.ts'
import type { MetadataEvent, RunEnd } from '../metadata/event.ts'
import { clearTimer, nowMs, setTimer } from '../runtime/clock.ts'
import type { MetadataCollector } from '../runtime/collector/metadata-collector.ts'
import { settingOf } from '../runtime/settings.ts'
import { Citizen } from './citizen.ts'
import { EventExporter, lossText } from './event-exporter.ts'
import { readOtelSettings, wantsOtlp } from './otel-settings.ts'

/** Set by `sygra exec`, which sends what the ledgers of its processes say, so that they need not. */
export const sentByExecVariable = 'SYGRA_OTEL_SENT_BY_EXEC'

interface FollowOptions {
  /** The name of the service, where it has no other. */
  readonly taskName: string
  /** It's what a process does outside of runs, which `sygra exec` follows where that was started by it. */
  readonly isProcess?: boolean
}

/** A run that OpenTelemetry is told of. */
export interface Telemetry {
  /** Sends what is left, for no longer than that; gives what is to be said of it. */
  readonly finish: (maxMs: number) => Promise<string | undefined>
  /** True where a receiver is to be sent to: what waits at the end of the process has to be sent first. */
  readonly sends: boolean
  /** Sends what there is as if the run ended now, though it may go on; for no longer than that. */
  readonly sendNow: (end: RunEnd, maxMs: number) => Promise<void>
  /** How many spans wait to be sent. */
  readonly waiting: () => number
}

const flushEveryMs = 30_000
/** What begins a run; it is told again to whoever begins to listen later. */
const maxPreamble = 300

/**
 * Tells OpenTelemetry of a run while it goes on: that of the application, where there is one, of each call; a receiver, where one
 * is asked for, of all the rest. Without either it costs a look at each event.
 */
export function followCollector(collector: MetadataCollector, { taskName, isProcess }: FollowOptions): Telemetry {
  const isSent = isProcess === true && Boolean(settingOf(sentByExecVariable))
  const exporter = wantsOtlp() && !isSent ? new EventExporter({ settings: readOtelSettings(taskName) }) : undefined
  const following = exporter?.follow()
  const traced = new TracedCalls()
  const take = (event: MetadataEvent) => {
    following?.take(event, nowMs())
    traced.take(event)
  }
  const unsubscribe = collector.onEvent(take)
  let timer: NodeJS.Timeout | undefined
  const tick = () => {
    following?.flushOld(nowMs())
    traced.flushOld(nowMs())
    timer = setTimer(tick, flushEveryMs).unref()
  }
  timer = setTimer(tick, flushEveryMs).unref()
  return {
    sends: exporter !== undefined,
    waiting: () => exporter?.waiting ?? 0,
    async sendNow(end, maxMs) {
      following?.take(end, nowMs())
      await exporter?.flush(maxMs)
    },
    async finish(maxMs) {
      unsubscribe()
      clearTimer(timer)
      following?.end()
      traced.end()
      const counts = await exporter?.flush(maxMs)
      return counts === undefined ? undefined : lossText(counts)
    },
  }
}

/** The calls that the application's own OpenTelemetry is told of. */
class TracedCalls {
  readonly #citizen = new Citizen()
  #preamble: MetadataEvent[] = []
  #spans: RunSpans | undefined

  take(event: MetadataEvent): void {
    if (event.type === 'run-start' || event.type === 'model-open') {
      if (this.#spans === undefined && this.#preamble.length < maxPreamble) this.#preamble.push(event)
    }
    if (event.type === 'request-end' && event.isTraced) this.#begin()
    this.#spans?.take(event, nowMs())
  }

  flushOld(atMs: number): void {
    this.#spans?.flushOld(atMs)
  }

  end(): void {
    this.#spans?.end()
  }

  #begin(): void {
    if (this.#spans !== undefined) return
    const spans = new RunSpans({
      names: conventionsFor(process.env.OTEL_SEMCONV_STABILITY_OPT_IN),
      onCall: (call) => {
        if (call.attempts[0].isTraced) this.#citizen.tell(call)
      },
    })
    for (const event of this.#preamble) spans.take(event, nowMs())
    this.#preamble = []
    this.#spans = spans
  }
}
