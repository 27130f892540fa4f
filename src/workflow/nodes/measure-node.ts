import { monotonicSeconds } from '../../runtime/clock.ts'
import { currentOrOutsideScope, runInScope } from '../../runtime/scope.ts'
import type { State, StateUpdate } from '../graph/state.ts'
import type { NodeContext, NodeExecutor } from './node.ts'

/**
 * Runs one pass of a record through a node: whatever it calls belongs to the node, and its end is recorded. What the node
 * throws goes on unchanged.
 */
export async function executeNode(
  name: string,
  node: NodeExecutor,
  { state, context }: { readonly state: State; readonly context: NodeContext },
): Promise<StateUpdate> {
  const scope = currentOrOutsideScope()
  const startedAt = monotonicSeconds()
  let error: unknown
  try {
    return await runInScope({ ...scope, node: name, operation: undefined, model: undefined }, () =>
      node.execute(state, context),
    )
  } catch (thrown) {
    error = thrown ?? new Error('nothing was thrown')
    throw thrown
  } finally {
    scope.collector.record({
      type: 'node-end',
      node: name,
      nodeType: node.type,
      model: node.model,
      recordId: scope.record?.id,
      succeeded: error === undefined,
      durationSeconds: monotonicSeconds() - startedAt,
      errorType: error === undefined ? undefined : errorTypeOf(error),
    })
  }
}

/** A word for the kind of an error: its code where it has one, else its name. Never its message, which may quote data. */
export function errorTypeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  if ('statusCode' in error && typeof error.statusCode === 'number') return `http_${error.statusCode}`
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.name : 'object'
}
