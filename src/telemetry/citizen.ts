import { callAttributes, type EndedCall, factsOf } from '../exporters/otel/call.ts'
import { measurementsOf } from '../exporters/otel/call-metrics.ts'
import { type Conventions, conventionsFor } from '../exporters/otel/conventions.ts'
import type { Attributes, AttributeValue } from '../exporters/otel/span.ts'
import { packageVersion } from '../runtime/environment.ts'
import { redactText } from '../runtime/redact.ts'
import { readTraceparent, registeredProvider, type SpanContext } from '../runtime/trace-context.ts'

// The numbers of @opentelemetry/api, which is not loaded: the application has registered what is called here.
const kindClient = 2
const statusError = 2
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

type Method = (...args: unknown[]) => unknown

/**
 * Tells the application's own OpenTelemetry of a call: a span within the one that the call was sent in, and its metrics. Its
 * sampler, its resource and its exporter decide what becomes of it.
 */
export class Citizen {
  readonly #names: Conventions = conventionsFor(process.env.OTEL_SEMCONV_STABILITY_OPT_IN)
  readonly #instruments = new Map<string, Method>()

  /** A fault of the application's OpenTelemetry stays within. */
  tell(call: EndedCall): void {
    try {
      this.#span(call)
      this.#measure(call)
    } catch {}
  }

  #span(call: EndedCall): void {
    const tracer = callOf(registeredProvider('trace'), 'getTracer')?.('sygra', packageVersion())
    const startSpan = callOf(tracer, 'startSpan')
    if (startSpan === undefined) return
    const facts = factsOf(call)
    const attributes = plainAttributes(callAttributes(call, facts, this.#names))
    const name = `${String(attributes['gen_ai.operation.name'])} ${redactText(facts.first.model)}`
    const options = { kind: kindClient, startTime: new Date(facts.startedAtMs), attributes }
    const span = startSpan(name, options, contextOf(readTraceparent(facts.first.traceparent)))
    if (facts.error !== undefined) callOf(span, 'setStatus')?.({ code: statusError, message: redactText(facts.error) })
    callOf(span, 'end')?.(new Date(facts.endedAtMs))
  }

  #measure(call: EndedCall): void {
    const meter = callOf(registeredProvider('metrics'), 'getMeter')?.('sygra', packageVersion())
    if (meter === undefined) return
    for (const { metric, value, attributes } of measurementsOf(call, this.#names)) {
      const { name, unit, description, bounds } = metric
      let add = this.#instruments.get(name)
      if (add === undefined) {
        const instrument =
          bounds === undefined
            ? callOf(meter, 'createCounter')?.(name, { unit, description })
            : callOf(meter, 'createHistogram')?.(name, {
                unit,
                description,
                advice: { explicitBucketBoundaries: bounds },
              })
        add = callOf(instrument, bounds === undefined ? 'add' : 'record')
        if (add === undefined) continue
        this.#instruments.set(name, add)
      }
      add(value, plainAttributes(attributes))
    }
  }
}

/** As the API takes them. */
function plainAttributes(attributes: Attributes): Record<string, Exclude<AttributeValue, object> | readonly string[]> {
  const plain: Record<string, Exclude<AttributeValue, object> | readonly string[]> = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    if (typeof value === 'string') plain[key] = redactText(value)
    else plain[key] = typeof value === 'object' && 'double' in value ? value.double : value
  }
  return plain
}

/** A context in which that span is active, and nothing else; the empty one without a span. */
function contextOf(parent: SpanContext | undefined): object {
  const context = {
    getValue: (key: unknown) => (key === spanKey && parent !== undefined ? span : undefined),
    setValue: () => context,
    deleteValue: () => context,
  }
  const span = { spanContext: () => parent, isRecording: () => false }
  return context
}

function callOf(object: unknown, name: string): Method | undefined {
  if (typeof object !== 'object' || object === null) return undefined
  const member: unknown = Reflect.get(object, name)
  return typeof member === 'function' ? (...args) => Reflect.apply(member, object, args) : undefined
}
