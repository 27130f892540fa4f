import { isRunStopped } from '../../errors.ts'
import { nodeFacts } from '../../exporters/otel/execution.ts'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { onOutcome } from './on-outcome.ts'
import { startExecution } from './start-execution.ts'
import { watchOwnCode } from './watch-own-code.ts'

/** A node as the metadata shows it. */
export interface NodeIdentity {
  readonly name: string
  /** `node_type` in the metadata; `function` by default. */
  readonly type?: string
  /** The model the metadata names for the node, where there is one. */
  readonly model?: string
}

/**
 * Runs a function as one execution of a node: the requests it makes belong to the node, and its duration and outcome are
 * recorded. What it gives or throws goes on unchanged. Within a node, it is the inner one that counts.
 */
export function withNode<Result>(node: string | NodeIdentity, run: () => Result): Result {
  const { name, type = 'function', model } = typeof node === 'string' ? { name: node } : node
  const scope = currentOrOutsideScope()
  watchOwnCode(scope)
  const execution = startExecution(nodeFacts(name, type, scope.record?.id))
  return onOutcome(
    () => execution.within({ ...scope, node: name, operation: undefined, model: undefined }, run),
    (outcome) => {
      const end = execution.end(outcome)
      // What the run was stopped in is done again when it goes on: it has not failed.
      if ('error' in outcome && isRunStopped(outcome.error)) return
      scope.collector.record({
        type: 'node-end',
        node: name,
        nodeType: type,
        model,
        recordId: scope.record?.id,
        succeeded: !('error' in outcome),
        ...end,
      })
    },
  )
}
