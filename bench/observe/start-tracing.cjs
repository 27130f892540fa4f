const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http')
const { registerInstrumentations } = require('@opentelemetry/instrumentation')
const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')

/** Sends the spans of an instrumentation to the local sink, in batches, as is usual. */
exports.startTracing = (instrumentation) => {
  const exporter = new OTLPTraceExporter({ url: `${process.env.MODEL_URL}/v1/traces` })
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
  provider.register()
  registerInstrumentations({ instrumentations: [instrumentation], tracerProvider: provider })
  globalThis.benchObserver = { flush: () => provider.forceFlush() }
}
