import { metrics } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { startOtlpReceiver } from '../../test/helpers/otlp-receiver.ts'
import { requestEnd } from '../../test/helpers/request-end.ts'
import type { EndedCall } from '../exporters/otel/call.ts'
import { measurementsOf } from '../exporters/otel/call-metrics.ts'
import { MetricTotals } from '../exporters/otel/metric-totals.ts'
import { priceRequest } from '../pricing/index.ts'
import { Citizen } from './citizen.ts'
import { readOtelSettings } from './otel-settings.ts'
import { OtlpSender } from './otlp-sender.ts'

const place = { provider: 'openai', host: 'api.openai.com', port: 443 }

function call(index: number, fields: Partial<EndedCall['attempts'][0]> = {}): EndedCall {
  const usage = { input: 100 * index, output: 10 * index }
  const cost = priceRequest({ model: 'gpt-4o-mini', provider: 'openai', usage, at: 1_764_000_000_000 })
  const timing = { durationSeconds: index / 4, startedAtMs: 1_764_000_000_000 + index }
  return { place, attempts: [requestEnd({ model: 'gpt-4o-mini', status: 200, usage, cost, ...timing, ...fields })] }
}

const calls = [
  call(1),
  call(2, { isStream: true, timeToFirstTokenSeconds: 0.125 }),
  call(3, { status: 500, errorType: 'server_error', usage: undefined, cost: undefined }),
  call(4, { model: 'nobody-knows', cost: { status: 'unpriced', picodollars: 0, lines: [] } }),
]

test('what the application’s own OpenTelemetry measures of calls is what is sent without it', async () => {
  const receiver = await startOtlpReceiver()
  onTestFinished(() => receiver.close())
  const settings = readOtelSettings('task', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  const totals = new MetricTotals()
  for (const ended of calls) for (const measured of measurementsOf(ended, settings.names)) totals.add(measured)
  const sender = new OtlpSender({ settings, metrics: totals, startedAtMs: 1_764_000_000_000 })
  sender.noteMetrics()
  await sender.flush(20_000)
  const ours = receiver.metrics()

  const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: settings.metricsUrl }) })
  const provider = new MeterProvider({ readers: [reader] })
  metrics.setGlobalMeterProvider(provider)
  onTestFinished(() => metrics.disable())
  const citizen = new Citizen()
  for (const ended of calls) citizen.tell(ended)
  await provider.shutdown()
  const theirs = receiver.metrics()

  expect(receiver.requests).toHaveLength(2)
  expect([...ours.keys()].sort()).toEqual(
    [
      ...['gen_ai.client.operation.duration', 'gen_ai.client.operation.time_to_first_chunk'],
      ...['gen_ai.client.token.usage', 'sygra.cost', 'sygra.cost.unpriced_requests'],
    ].sort(),
  )
  expect(comparable(ours)).toEqual(comparable(theirs))
})

/** Metrics by name, without the moments at which they were sent. */
function comparable(received: ReadonlyMap<string, object>): unknown {
  const texts = [...received].sort(([one], [other]) => one.localeCompare(other)).map(([, metric]) => metric)
  return JSON.parse(JSON.stringify(texts).replaceAll(/imeUnixNano":"\d+"/g, 'imeUnixNano":"0"'))
}
