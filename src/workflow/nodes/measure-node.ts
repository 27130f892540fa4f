import { withNode } from '../../instrument/track/with-node.ts'
import type { State, StateUpdate } from '../graph/state.ts'
import type { NodeContext, NodeExecutor } from './node-kind.ts'

/**
 * Runs one pass of a record through a node: whatever it calls belongs to the node, and its end is recorded. What the node
 * throws goes on unchanged.
 */
export async function executeNode(
  name: string,
  node: NodeExecutor,
  { state, context }: { readonly state: State; readonly context: NodeContext },
): Promise<StateUpdate> {
  return withNode({ name, type: node.type, model: node.model }, () => node.execute(state, context))
}
