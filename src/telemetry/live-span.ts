import type { ExecutionFacts } from '../exporters/otel/execution.ts'
import { redactText } from '../runtime/redact.ts'
import {
  contextManager,
  isTracedByApplication,
  methodOf,
  spanKey,
  traceparentOfSpan,
} from '../runtime/trace-context.ts'
import { emptyContext, kindInternal, plainAttributes, remoteSpan, statusError, tracer } from './application.ts'

/** The span of an execution that goes on, in the application's own OpenTelemetry. */
export interface LiveSpan {
  /** As a parent of others is told. */
  readonly traceparent: string | undefined
  /** Runs a function in which the span is the active one. */
  readonly within: <Result>(run: () => Result) => Result
  /** `failure`: why it failed, where it did. */
  readonly end: (failure: string | undefined) => void
}

/**
 * Begins a span of an execution, within the active one or within `parent`; undefined where the application has no OpenTelemetry,
 * or none that is to be told. Its sampler, its resource and its exporter decide what becomes of it, and a fault of it stays
 * within.
 */
export function startLiveSpan({ name, attributes }: ExecutionFacts, parent?: string): LiveSpan | undefined {
  try {
    if (!isTracedByApplication()) return undefined
    const startSpan = methodOf(tracer(), 'startSpan')
    if (startSpan === undefined) return undefined
    const options = { kind: kindInternal, attributes: plainAttributes(attributes) }
    const span = startSpan(
      redactText(name),
      options,
      contextWith(parent === undefined ? undefined : remoteSpan(parent)),
    )
    return { traceparent: traceparentOfSpan(span), within: (run) => runWithin(span, run), end: (why) => end(span, why) }
  } catch {
    return undefined
  }
}

/** Runs a function within a span, where there is one. */
export function withinSpan<Result>(span: LiveSpan | undefined, run: () => Result): Result {
  return span === undefined ? run() : span.within(run)
}

function end(span: unknown, failure: string | undefined): void {
  try {
    if (failure !== undefined) {
      const message = redactText(failure)
      methodOf(span, 'setAttribute')?.('error.type', message)
      methodOf(span, 'setStatus')?.({ code: statusError, message })
    }
    methodOf(span, 'end')?.()
  } catch {}
}

function runWithin<Result>(span: unknown, run: () => Result): Result {
  let context: unknown
  try {
    context = contextWith(span)
  } catch {}
  const manager = contextManager()
  const enter = methodOf(manager, 'with')
  if (context === undefined || enter === undefined) return run()
  // The manager calls it once, and gives or throws what it does.
  return enter(context, run) as Result
}

/** The context of the caller with another span in it; that of the caller where none is given. */
function contextWith(span: unknown): unknown {
  const active = methodOf(contextManager(), 'active')?.()
  if (span === undefined) return active ?? emptyContext(undefined)
  return methodOf(active, 'setValue')?.(spanKey, span) ?? emptyContext(span)
}
