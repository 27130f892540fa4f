import { placeOfRun } from '../../exporters/otel/span-places.ts'
import { traceparentOf, validTraceparent } from '../../metadata/events/traceparent.ts'
import type { Scope } from '../../runtime/scope.ts'
import { isYes, settingOf } from '../../runtime/settings.ts'
import { newSpanId } from '../../runtime/span-id.ts'
import { activeTraceparent, isTracedByApplication } from '../../runtime/trace-context.ts'
import { samplerOf } from '../../telemetry/otel-settings.ts'
import { wireState } from './wire-state.ts'

/** Where an attempt is among the spans around it, and what it tells those that come after it. */
export interface TracePlace {
  /** The span that it is sent in, as a traceparent. */
  readonly within: string | undefined
  /** The id of its own span, where that is sent along. */
  readonly spanId?: string
  /** What is to be sent along as `traceparent`; undefined where nothing is. */
  readonly sent?: string
}

/**
 * The place of a request that is about to be sent. What the program sends along is the truth, and stays; else it is whatever span
 * it is in; none where a fault keeps that from being known. With `SYGRA_TRACEPARENT=1` a request that has no traceparent is given one: that of the span it is in, or of its own
 * span in the trace of its run.
 */
export function tracePlaceOf(scope: Scope, header: (name: string) => string | undefined): TracePlace {
  try {
    return placeAmongSpans(scope, header)
  } catch {
    return { within: undefined }
  }
}

function placeAmongSpans(scope: Scope, header: (name: string) => string | undefined): TracePlace {
  const given = header('traceparent')
  const within = validTraceparent(given) ?? spanAround()
  if (given !== undefined || !isYes(settingOf('SYGRA_TRACEPARENT'))) return { within }
  const { collector } = scope
  const isTraced = isTracedByApplication()
  // Where the whole run was started in a span, there are spans of the run's own within it.
  if (within !== undefined && (isTraced || within !== collector.traceparent)) return { within, sent: within }
  const { traceId } = placeOfRun(collector)
  const traceFlags = samplerOf(process.env).isSampled(traceId) ? sampled : 0
  const spanId = newSpanId()
  const sent = traceparentOf({ traceId, spanId, traceFlags })
  // The application's own OpenTelemetry gives its spans other ids: its span is one beside those that come after it.
  return isTraced ? { within: sent, sent } : { within, spanId, sent }
}

const sampled = 1

/** The active span of the application, or that of the framework's run in it. */
function spanAround(): string | undefined {
  return wireState().frameworks.spanHere() ?? activeTraceparent()
}
