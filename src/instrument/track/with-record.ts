import { recordFacts } from '../../exporters/otel/execution.ts'
import { currentOrOutsideScope, type RecordScope } from '../../runtime/scope.ts'
import { onOutcome } from './on-outcome.ts'
import { startExecution } from './start-execution.ts'
import { watchOwnCode } from './watch-own-code.ts'

/**
 * Runs a function as the work on one record: what it requests belongs to the record, and its duration, outcome and cost
 * are recorded. What it gives or throws goes on unchanged.
 */
export function withRecord<Result>(id: string | number, run: () => Result): Result {
  const scope = currentOrOutsideScope()
  watchOwnCode(scope)
  const record: RecordScope = { id: String(id), costPicodollars: 0 }
  const execution = startExecution(recordFacts(record.id))
  const within = { ...scope, record, node: undefined, operation: undefined, model: undefined }
  return onOutcome(
    () => execution.within(within, run),
    (outcome) => {
      const end = execution.end(outcome)
      scope.collector.record({
        type: 'record-end',
        recordId: record.id,
        succeeded: !('error' in outcome),
        costPicodollars: record.costPicodollars,
        ...end,
      })
    },
  )
}
