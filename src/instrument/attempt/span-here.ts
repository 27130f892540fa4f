import type { ExecutionFacts } from '../../exporters/otel/execution.ts'
import { type LiveSpan, startLiveSpan } from '../../telemetry/live-span.ts'
import { wireState } from './wire-state.ts'

/**
 * Begins a span in the application's own OpenTelemetry, within the active one, or within that of the framework's run that goes on
 * here: a framework cannot make its spans the active ones.
 */
export function startSpanHere(facts: ExecutionFacts): LiveSpan | undefined {
  return startLiveSpan(facts, wireState().frameworks.spanHere())
}
