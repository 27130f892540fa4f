import { type SpanContext, traceparentOf, validTraceparent } from '../metadata/events/traceparent.ts'
import { isNo, settingOf } from './settings.ts'

// What the application has registered with @opentelemetry/api, whichever copy of it: nothing of that package is loaded.
const apiKey = Symbol.for('opentelemetry.js.api.1')
/** Under it a context holds its span. */
export const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

/** The span that is active here, where the application has OpenTelemetry; as a traceparent. */
export function activeTraceparent(): string | undefined {
  try {
    return traceparentOfSpan(methodOf(activeContext(), 'getValue')?.(spanKey))
  } catch {
    return undefined
  }
}

/** A span of the application as a traceparent; undefined for one that has no place in a trace. */
export function traceparentOfSpan(span: unknown): string | undefined {
  const context = methodOf(span, 'spanContext')?.()
  if (typeof context !== 'object' || context === null) return undefined
  const { traceId, spanId, traceFlags }: Partial<Record<keyof SpanContext, unknown>> = context
  const flags = typeof traceFlags === 'number' ? traceFlags : 0
  return validTraceparent(traceparentOf({ traceId: String(traceId), spanId: String(spanId), traceFlags: flags }))
}

/** True where the application has a tracer provider that is told of calls to models; `SYGRA_OTEL=off` keeps it from that. */
export function isTracedByApplication(): boolean {
  // As a rule there is none, and to look into the environment takes longer than to see that.
  return registeredProvider('trace') !== undefined && !isNo(settingOf('SYGRA_OTEL'))
}

/** What the application has registered of a signal; undefined where it has nothing, or what does nothing. */
export function registeredProvider(signal: 'trace' | 'metrics'): object | undefined {
  const provider: unknown = Reflect.get(registered() ?? {}, signal)
  if (typeof provider !== 'object' || provider === null) return undefined
  // Of traces a stand-in is registered, which leads to the real one.
  const delegate: unknown = methodOf(provider, 'getDelegate')?.()
  const real = delegate ?? provider
  if (typeof real !== 'object' || real === null) return undefined
  return /^Noop/.test(real.constructor.name) ? undefined : real
}

function registered(): object | undefined {
  const api: unknown = Reflect.get(globalThis, apiKey)
  return typeof api === 'object' && api !== null ? api : undefined
}

/** What the application keeps its contexts in: an AsyncLocalStorage, as a rule. */
export function contextManager(): unknown {
  return Reflect.get(registered() ?? {}, 'context')
}

function activeContext(): unknown {
  return methodOf(contextManager(), 'active')?.()
}

/** A method of an object of somebody else, bound to it. */
export function methodOf(object: unknown, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (typeof object !== 'object' || object === null) return undefined
  const member: unknown = Reflect.get(object, name)
  return typeof member === 'function' ? (...args) => Reflect.apply(member, object, args) : undefined
}
