import { monotonicSeconds } from '../../runtime/clock.ts'
import { currentOrOutsideScope, type RecordScope, runInScope } from '../../runtime/scope.ts'
import { thrownTypeOf } from '../attempt/error-type.ts'
import { onOutcome } from './on-outcome.ts'

/**
 * Runs a function as the work on one record: what it requests belongs to the record, and its duration, outcome and cost
 * are recorded. What it gives or throws goes on unchanged.
 */
export function withRecord<Result>(id: string | number, run: () => Result): Result {
  const scope = currentOrOutsideScope()
  const record: RecordScope = { id: String(id), costPicodollars: 0 }
  const startedAt = monotonicSeconds()
  return onOutcome(
    () => runInScope({ ...scope, record, node: undefined, operation: undefined, model: undefined }, run),
    (outcome) =>
      scope.collector.record({
        type: 'record-end',
        recordId: record.id,
        succeeded: !('error' in outcome),
        durationSeconds: monotonicSeconds() - startedAt,
        costPicodollars: record.costPicodollars,
        errorType: 'error' in outcome ? thrownTypeOf(outcome.error) : undefined,
      }),
  )
}
