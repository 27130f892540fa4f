import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { AggregationTemporality, DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterEach, expect, test } from 'vitest'
import { type OtlpFault, type OtlpReceiver, startOtlpReceiver } from '../../test/helpers/otlp-receiver.ts'
import { MetricTotals } from '../exporters/otel/metric-totals.ts'
import type { AttributeValue, SpanData } from '../exporters/otel/span.ts'
import { readOtelSettings } from './otel-settings.ts'
import { OtlpSender } from './otlp-sender.ts'

let receiver: OtlpReceiver
afterEach(() => receiver?.close())

async function senderTo(faults: readonly OtlpFault[], environment: NodeJS.ProcessEnv = {}, metrics?: MetricTotals) {
  receiver = await startOtlpReceiver(faults)
  const settings = readOtelSettings('task', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...environment })
  return { settings, sender: new OtlpSender({ settings, metrics, startedAtMs: 1_764_000_000_000 }) }
}

const span = (index: number, fields: Partial<SpanData> = {}): SpanData => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: (index + 1).toString(16).padStart(16, '0'),
  parentSpanId: undefined,
  name: `span ${index}`,
  kind: 'internal',
  startedAtMs: 1_764_000_000_123.456,
  endedAtMs: 1_764_000_001_000,
  attributes: {},
  error: undefined,
  ...fields,
})

const attributes = {
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.usage.input_tokens': 440,
  'gen_ai.request.stream': true,
  'gen_ai.response.finish_reasons': ['stop', 'length'],
  'sygra.cost.usd': { double: 0.000618 },
  'server.port': undefined,
} as const

test('the official exporter and this one send the same spans', async () => {
  const { settings, sender } = await senderTo([])
  const spans = [
    span(0, { kind: 'client', attributes, parentSpanId: 'b7ad6b7169203331', error: 'rate_limited' }),
    span(1, { attributes: {} }),
  ]
  sender.add(spans)
  expect(await sender.flush(5_000)).toMatchObject({ sentSpans: 2, droppedSpans: 0 })
  const official = new OTLPTraceExporter({ url: settings.tracesUrl })
  // One object for all: the SDK tells resources apart by identity.
  const resource = { attributes: settings.source.resource } as ReadableSpan['resource']
  const { scope } = settings.source
  const asOfficial = spans.map((data) => readableSpan(data, { resource, scope }))
  await new Promise<void>((done, failed) => {
    official.export(asOfficial, ({ error }) => (error === undefined ? done() : failed(error)))
  })
  const [ours, theirs] = receiver.requests
  expect(ours?.body).toEqual(theirs?.body)
  expect(ours?.headers['content-type']).toBe(theirs?.headers['content-type'])
})

interface Source {
  readonly resource: ReadableSpan['resource']
  readonly scope: { readonly name: string; readonly version: string }
}

/** A span as the SDK hands it to an exporter. */
function readableSpan(data: SpanData, { resource, scope }: Source): ReadableSpan {
  const time = (ms: number): [number, number] => {
    const microseconds = Math.round(ms * 1000)
    return [Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1000]
  }
  const context = { traceId: data.traceId, spanId: data.spanId, traceFlags: 1 }
  const parent = data.parentSpanId === undefined ? undefined : { ...context, spanId: data.parentSpanId }
  return {
    name: data.name,
    kind: data.kind === 'client' ? 2 : 0,
    spanContext: () => context,
    parentSpanContext: parent,
    startTime: time(data.startedAtMs),
    endTime: time(data.endedAtMs),
    duration: [0, 0],
    status: data.error === undefined ? { code: 0 } : { code: 2, message: data.error },
    attributes: plainAttributes(data.attributes),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function plainAttributes(given: SpanData['attributes']): ReadableSpan['attributes'] {
  const isDouble = (value: AttributeValue): value is { readonly double: number } =>
    typeof value === 'object' && 'double' in value
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, isDouble(value) ? value.double : (value as string)]],
    ),
  )
}

test('the official exporter and this one send the same metrics', async () => {
  const metrics = new MetricTotals()
  const duration = { name: 'gen_ai.client.operation.duration', unit: 's', description: 'd', bounds: [0.5, 1] }
  const cost = { name: 'sygra.cost', unit: '{USD}', description: 'c', bounds: undefined }
  for (const value of [0.25, 0.5, 0.75, 3]) metrics.add({ metric: duration, value, attributes: { model: 'm' } })
  for (const value of [0.1, 0.2]) metrics.add({ metric: cost, value, attributes: { model: 'm' } })
  const { settings, sender } = await senderTo([], {}, metrics)
  sender.noteMetrics()
  await sender.flush(5_000)
  const official = new OTLPMetricExporter({ url: settings.metricsUrl })
  const startTime: [number, number] = [1_764_000_000, 0]
  const point = { attributes: { model: 'm' }, startTime, endTime: startTime }
  const histogram = { buckets: { boundaries: [0.5, 1], counts: [2, 1, 1] }, count: 4, sum: 4.5, min: 0.25, max: 3 }
  const common = { aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const described = ({ name, unit, description }: typeof cost | typeof duration) => ({
    name,
    unit,
    description,
    valueType: 1,
  })
  const all: ResourceMetrics = {
    resource: { attributes: settings.source.resource } as ResourceMetrics['resource'],
    scopeMetrics: [
      {
        scope: settings.source.scope,
        metrics: [
          {
            ...common,
            descriptor: described(duration),
            dataPointType: DataPointType.HISTOGRAM,
            dataPoints: [{ ...point, value: histogram }],
          },
          {
            ...common,
            descriptor: described(cost),
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: [{ ...point, value: 0.3 }],
          },
        ],
      },
    ],
  }
  await new Promise<void>((done, failed) => {
    official.export(all, ({ error }) => (error === undefined ? done() : failed(error)))
  })
  const [ours, theirs] = receiver.requests.map(({ body }) =>
    // The moment of sending is each one's own.
    JSON.parse(JSON.stringify(body).replaceAll(/"timeUnixNano":"\d+"/g, '"timeUnixNano":"0"')),
  )
  expect(ours).toEqual(theirs)
})

test.each([429, 502, 503, 504])(
  'a receiver that answers %i is asked again when it says, and gets all',
  async (status) => {
    const { sender } = await senderTo([
      { status, headers: { 'retry-after': '0' } },
      { status, headers: { 'retry-after': '0' } },
    ])
    sender.add([span(0), span(1)])
    expect(await sender.flush(20_000)).toMatchObject({ sentSpans: 2, droppedSpans: 0 })
    expect(receiver.requests.length).toBe(3)
    expect(receiver.spans().length).toBe(2)
  },
)

test('a receiver that asks for more time than there is left is not asked again', async () => {
  const { sender } = await senderTo([{ status: 429, headers: { 'retry-after': '3600' } }])
  sender.add([span(0)])
  const counts = await sender.flush(2_000)
  expect(counts).toMatchObject({ sentSpans: 0, droppedSpans: 1 })
  expect(counts.problem).toMatch(/v1\/traces answered 429/)
  expect(receiver.requests.length).toBe(1)
})

test('a receiver that refuses is not asked again, and says why', async () => {
  const { sender } = await senderTo([{ status: 401 }])
  sender.add([span(0)])
  expect(await sender.flush(5_000)).toMatchObject({ sentSpans: 0, droppedSpans: 1 })
  expect(receiver.requests.length).toBe(1)
})

test('a receiver that never answers is left in time', async () => {
  const { sender } = await senderTo(['silent', 'silent', 'silent'])
  sender.add([span(0)])
  const counts = await sender.flush(300)
  expect(counts).toMatchObject({ sentSpans: 0, droppedSpans: 1 })
})

test('what does not fit into the queue is dropped, the oldest first, and counted', async () => {
  const { sender } = await senderTo([])
  sender.add(Array.from({ length: 10_000 }, (_, index) => span(index)))
  expect(sender.waiting).toBe(8_192)
  expect(await sender.flush(20_000)).toMatchObject({ sentSpans: 8_192, droppedSpans: 1_808 })
  expect(receiver.spans()[0]?.name).toBe('span 1808')
})

test('a run is sent as a whole or not at all, and the environment says how many are', async () => {
  const { sender } = await senderTo([], { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' })
  const low = '0af7651916cd43dd8448eb2100000000'
  const high = '0af7651916cd43dd8448eb21ffffffff'
  sender.add([span(0, { traceId: low }), span(1, { traceId: high }), span(2, { traceId: low })])
  await sender.flush(5_000)
  expect(receiver.spans().map(({ traceId }) => traceId)).toEqual([low, low])
})

test('the variables of OpenTelemetry are understood, and what is not is said', () => {
  const settings = readOtelSettings('task', {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example:4318/',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://metrics.example/custom',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=b%20c, d=e=f',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1234',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_SERVICE_NAME: 'mine',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,team=a%2Cb',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
  })
  expect(settings).toMatchObject({
    tracesUrl: 'https://otlp.example:4318/v1/traces',
    metricsUrl: 'https://metrics.example/custom',
    headers: { a: 'b c', d: 'e=f' },
    timeoutMs: 1234,
  })
  expect(settings.source.resource).toMatchObject({ 'service.name': 'mine', team: 'a,b' })
  expect(settings.warnings.join('\n')).toMatch(/grpc is not spoken[\s\S]*jaeger_remote is not known/)
})
