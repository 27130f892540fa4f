import { recordFacts } from '../../exporters/otel/execution.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import { currentOrOutsideScope, type RecordScope, runInScope } from '../../runtime/scope.ts'
import { withinSpan } from '../../telemetry/live-span.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import { startSpanHere } from '../attempt/span-here.ts'
import { onOutcome } from './on-outcome.ts'
import { watchOwnCode } from './watch-own-code.ts'

/**
 * Runs a function as the work on one record: what it requests belongs to the record, and its duration, outcome and cost
 * are recorded. What it gives or throws goes on unchanged.
 */
export function withRecord<Result>(id: string | number, run: () => Result): Result {
  const scope = currentOrOutsideScope()
  watchOwnCode(scope)
  const record: RecordScope = { id: String(id), costPicodollars: 0 }
  const span = startSpanHere(recordFacts(record.id))
  const startedAt = monotonicSeconds()
  const within = { ...scope, record, node: undefined, operation: undefined, model: undefined }
  return onOutcome(
    () => withinSpan(span, () => runInScope(within, run)),
    (outcome) => {
      const errorType = 'error' in outcome ? thrownTypeOf(outcome.error) : undefined
      span?.end(errorType)
      scope.collector.record({
        type: 'record-end',
        recordId: record.id,
        succeeded: !('error' in outcome),
        durationSeconds: monotonicSeconds() - startedAt,
        costPicodollars: record.costPicodollars,
        errorType,
        isTraced: span === undefined ? undefined : true,
      })
    },
  )
}
