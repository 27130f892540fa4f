import { callAttributes, type EndedCall, factsOf } from '../exporters/otel/call.ts'
import { measurementsOf } from '../exporters/otel/call-metrics.ts'
import { type Conventions, conventionsFor } from '../exporters/otel/conventions.ts'
import { packageVersion } from '../runtime/environment.ts'
import { redactText } from '../runtime/redact.ts'
import { methodOf, registeredProvider } from '../runtime/trace-context.ts'
import { emptyContext, kindClient, plainAttributes, remoteSpan, statusError, tracer } from './application.ts'

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
    const startSpan = methodOf(tracer(), 'startSpan')
    if (startSpan === undefined) return
    const facts = factsOf(call)
    const attributes = plainAttributes(callAttributes(call, facts, this.#names))
    const name = `${String(attributes['gen_ai.operation.name'])} ${redactText(facts.first.model)}`
    const options = { kind: kindClient, startTime: new Date(facts.startedAtMs), attributes }
    const span = startSpan(name, options, emptyContext(remoteSpan(facts.first.traceparent)))
    if (facts.error !== undefined)
      methodOf(span, 'setStatus')?.({ code: statusError, message: redactText(facts.error) })
    methodOf(span, 'end')?.(new Date(facts.endedAtMs))
  }

  #measure(call: EndedCall): void {
    const meter = methodOf(registeredProvider('metrics'), 'getMeter')?.('sygra', packageVersion())
    if (meter === undefined) return
    for (const { metric, value, attributes } of measurementsOf(call, this.#names)) {
      const { name, unit, description, bounds } = metric
      let add = this.#instruments.get(name)
      if (add === undefined) {
        const instrument =
          bounds === undefined
            ? methodOf(meter, 'createCounter')?.(name, { unit, description })
            : methodOf(meter, 'createHistogram')?.(name, {
                unit,
                description,
                advice: { explicitBucketBoundaries: bounds },
              })
        add = methodOf(instrument, bounds === undefined ? 'add' : 'record')
        if (add === undefined) continue
        this.#instruments.set(name, add)
      }
      add(value, plainAttributes(attributes))
    }
  }
}
