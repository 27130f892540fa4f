import { traceIdOf } from '../exporters/otel/span.ts'
import { readTraceparent, type SpanContext } from '../metadata/traceparent.ts'
import type { MetadataCollector } from '../runtime/collector/metadata-collector.ts'
import { samplerOf } from './otel-settings.ts'

const sampled = 1

/** The trace of a run, and whether it is one of those that are sent. */
export function traceOfRun({ runId, traceparent }: MetadataCollector): Omit<SpanContext, 'spanId'> {
  const traceId = readTraceparent(traceparent)?.traceId ?? traceIdOf(runId)
  return { traceId, traceFlags: samplerOf(process.env).isSampled(traceId) ? sampled : 0 }
}
