import { isNo } from './settings.ts'

// What the application has registered with @opentelemetry/api, whichever copy of it: nothing of that package is loaded.
const apiKey = Symbol.for('opentelemetry.js.api.1')
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

const pattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** A span that another one may be a child of. */
export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** Reads a traceparent of W3C; undefined for what is none. */
export function readTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = pattern.exec(text?.trim() ?? '') ?? []
  if (traceId === '' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) }
}

/** A traceparent as it is, if it is one. */
export function validTraceparent(text: string | undefined): string | undefined {
  return readTraceparent(text) === undefined ? undefined : text?.trim()
}

/** The span that is active here, where the application has OpenTelemetry; as a traceparent. */
export function activeTraceparent(): string | undefined {
  try {
    const span = memberOf(activeContext(), 'getValue')?.(spanKey)
    const context = memberOf(span, 'spanContext')?.()
    if (typeof context !== 'object' || context === null) return undefined
    const { traceId, spanId, traceFlags }: Partial<Record<keyof SpanContext, unknown>> = context
    const flags = (typeof traceFlags === 'number' ? traceFlags & 0xff : 0).toString(16).padStart(2, '0')
    const text = `00-${String(traceId)}-${String(spanId)}-${flags}`
    return readTraceparent(text) === undefined ? undefined : text
  } catch {
    return undefined
  }
}

/** True where the application has a tracer provider that is told of calls to models; `SYGRA_OTEL=off` keeps it from that. */
export function isTracedByApplication(): boolean {
  return !isNo(process.env.SYGRA_OTEL) && registeredProvider('trace') !== undefined
}

/** What the application has registered of a signal; undefined where it has nothing, or what does nothing. */
export function registeredProvider(signal: 'trace' | 'metrics'): object | undefined {
  const provider: unknown = Reflect.get(registered() ?? {}, signal)
  if (typeof provider !== 'object' || provider === null) return undefined
  // Of traces a stand-in is registered, which leads to the real one.
  const delegate: unknown = memberOf(provider, 'getDelegate')?.()
  const real = delegate ?? provider
  if (typeof real !== 'object' || real === null) return undefined
  return /^Noop/.test(real.constructor.name) ? undefined : real
}

function registered(): object | undefined {
  const api: unknown = Reflect.get(globalThis, apiKey)
  return typeof api === 'object' && api !== null ? api : undefined
}

function activeContext(): unknown {
  return memberOf(Reflect.get(registered() ?? {}, 'context'), 'active')?.()
}

/** A method of an object of somebody else, bound to it. */
function memberOf(object: unknown, name: string): ((...args: unknown[]) => unknown) | undefined {
  if (typeof object !== 'object' || object === null) return undefined
  const member: unknown = Reflect.get(object, name)
  return typeof member === 'function' ? (...args) => Reflect.apply(member, object, args) : undefined
}
