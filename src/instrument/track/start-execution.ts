import type { ExecutionFacts } from '../../exporters/otel/execution.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import { runInScope, type Scope } from '../../runtime/scope.ts'
import { withinSpan } from '../../telemetry/live-span.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import { startSpanHere } from '../attempt/span-here.ts'

/** An execution of a record, a node, an agent or a tool that goes on. */
export interface StartedExecution {
  /** Runs what it consists of, in its scope and in its span. */
  readonly within: <Result>(scope: Scope, run: () => Result) => Result
  /** Ends it and its span; an outcome with an `error` has failed. */
  readonly end: (outcome: object) => ExecutionResult
}

interface ExecutionResult {
  readonly durationSeconds: number
  /** Of a failure. */
  readonly errorType: string | undefined
  /** The application's own OpenTelemetry has a span of it. */
  readonly isTraced: true | undefined
}

/** Begins an execution: its time, and its span where the application has OpenTelemetry. */
export function startExecution(facts: ExecutionFacts): StartedExecution {
  const span = startSpanHere(facts)
  const startedAt = monotonicSeconds()
  return {
    within: (scope, run) => withinSpan(span, () => runInScope(scope, run)),
    end(outcome) {
      const errorType = 'error' in outcome ? thrownTypeOf(outcome.error) : undefined
      span?.end(errorType)
      return {
        durationSeconds: monotonicSeconds() - startedAt,
        errorType,
        isTraced: span === undefined ? undefined : true,
      }
    },
  }
}
