import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

/** OpenTelemetry as an application of this process has it, with the spans that have ended. */
export interface OwnTelemetry {
  readonly spans: () => readonly ReadableSpan[]
  /** Each span as the names from the outermost to its own: those for which `isShown` is false are left out. */
  readonly paths: (isShown?: (span: ReadableSpan) => boolean) => readonly string[]
  readonly clear: () => void
  readonly end: () => Promise<void>
}

/** Registers the official SDK for this process. */
export function registerOwnTelemetry(): OwnTelemetry {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
  const spans = () => exporter.getFinishedSpans()
  const paths: OwnTelemetry['paths'] = (isShown = () => true) => {
    const byId = new Map(spans().map((span) => [span.spanContext().spanId, span]))
    const pathOf = (span: ReadableSpan): readonly string[] => {
      const parent = byId.get(span.parentSpanContext?.spanId ?? '')
      const around = parent === undefined ? [] : pathOf(parent)
      return isShown(span) ? [...around, span.name] : around
    }
    return spans()
      .filter(isShown)
      .map((span) => pathOf(span).join(' > '))
      .sort()
  }
  return {
    spans,
    paths,
    clear: () => exporter.reset(),
    async end() {
      trace.disable()
      context.disable()
      await provider.shutdown()
    },
  }
}
