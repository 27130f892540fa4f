import type { MetricTotal } from './metric-totals.ts'
import type { Attributes, AttributeValue, SpanData } from './span.ts'

/** Who sends, and of what. */
export interface OtlpSource {
  readonly resource: Attributes
  readonly scope: { readonly name: string; readonly version: string }
}

// Numbers of the protocol: https://github.com/open-telemetry/opentelemetry-proto
const kinds = { internal: 1, client: 3 } as const
const statusUnset = 0
const statusError = 2
const cumulative = 2
const sampledOfLocalParent = 0x101

/** A request to `/v1/traces`, as OTLP has it in JSON. */
export function otlpTraces(spans: readonly SpanData[], { resource, scope }: OtlpSource): object {
  const scopeSpans = [{ scope, spans: spans.map(otlpSpan) }]
  return { resourceSpans: [{ resource: otlpResource(resource), scopeSpans }] }
}

/** A request to `/v1/metrics`: sums since `startedAtMs`. */
export function otlpMetrics(
  totals: readonly MetricTotal[],
  { resource, scope }: OtlpSource,
  { startedAtMs, atMs }: { readonly startedAtMs: number; readonly atMs: number },
): object {
  const times = { startTimeUnixNano: unixNano(startedAtMs), timeUnixNano: unixNano(atMs) }
  const metrics = totals.map(({ metric, points }) => {
    const { name, description, unit, bounds } = metric
    const described = { name, description, unit }
    if (bounds === undefined) {
      const dataPoints = points.map(({ attributes, sum }) => ({
        attributes: otlpAttributes(attributes),
        ...times,
        asDouble: withoutCrumbs(sum),
      }))
      return { ...described, sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } }
    }
    const dataPoints = points.map(({ attributes, bucketCounts, count, sum, min, max }) => ({
      attributes: otlpAttributes(attributes),
      bucketCounts,
      explicitBounds: bounds,
      count,
      sum: withoutCrumbs(sum),
      min,
      max,
      ...times,
    }))
    return { ...described, histogram: { aggregationTemporality: cumulative, dataPoints } }
  })
  return { resourceMetrics: [{ resource: otlpResource(resource), scopeMetrics: [{ scope, metrics }] }] }
}

function otlpResource(resource: Attributes) {
  return { attributes: otlpAttributes(resource), droppedAttributesCount: 0 }
}

function otlpSpan({ traceId, spanId, parentSpanId, name, kind, startedAtMs, endedAtMs, attributes, error }: SpanData) {
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: unixNano(startedAtMs),
    endTimeUnixNano: unixNano(Math.max(startedAtMs, endedAtMs)),
    attributes: otlpAttributes(attributes),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    status: error === undefined ? { code: statusUnset } : { code: statusError, message: error },
    links: [],
    droppedLinksCount: 0,
    flags: sampledOfLocalParent,
  }
}

function otlpAttributes(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: otlpValue(value) }],
  )
}

function otlpValue(value: AttributeValue): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'number':
      return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
    default:
      return 'double' in value
        ? { doubleValue: value.double }
        : { arrayValue: { values: value.map((item) => ({ stringValue: item })) } }
  }
}

/** Nanoseconds since 1970 as text: a double cannot hold them. */
function unixNano(atMs: number): string {
  const microseconds = Math.round(atMs * 1000)
  return `${microseconds}000`
}

/** A sum of decimals without the crumbs of binary arithmetic. */
function withoutCrumbs(sum: number): number {
  return Number(sum.toPrecision(15))
}
