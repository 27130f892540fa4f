import type { Attributes, AttributeValue } from '../exporters/otel/span.ts'
import { readTraceparent } from '../metadata/events/traceparent.ts'
import { packageVersion } from '../runtime/environment.ts'
import { redactText } from '../runtime/redact.ts'
import { methodOf, registeredProvider, spanKey } from '../runtime/trace-context.ts'

// The numbers of @opentelemetry/api, which is not loaded: the application has registered what is called.
export const kindInternal = 0
export const kindClient = 2
export const statusError = 2

/** What the application makes the spans of this package with. */
export function tracer(): unknown {
  return methodOf(registeredProvider('trace'), 'getTracer')?.('sygra', packageVersion())
}

/** A span of which only the place is known. */
export function remoteSpan(traceparent: string | undefined): object | undefined {
  const place = readTraceparent(traceparent)
  return place === undefined ? undefined : { spanContext: () => place, isRecording: () => false }
}

/** A context in which that span is active, and nothing else; the empty one without a span. */
export function emptyContext(span: unknown): object {
  const context = {
    getValue: (key: unknown) => (key === spanKey ? span : undefined),
    setValue: (key: unknown, value: unknown) => (key === spanKey ? emptyContext(value) : context),
    deleteValue: () => context,
  }
  return context
}

/** Attributes as the API takes them. */
export function plainAttributes(
  attributes: Attributes,
): Record<string, Exclude<AttributeValue, object> | readonly string[]> {
  const plain: Record<string, Exclude<AttributeValue, object> | readonly string[]> = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    if (typeof value === 'string') plain[key] = redactText(value)
    else plain[key] = typeof value === 'object' && 'double' in value ? value.double : value
  }
  return plain
}
