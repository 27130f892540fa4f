import type { SubgraphNodeConfig } from '../config/node-config.ts'
import type { State } from '../graph/state.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/**
 * A node that takes a record through another task. The task begins with the record's state; what it changes, or of that
 * the node's output keys, is written back. Its nodes are measured as `node.inner`.
 */
export async function createSubgraphNode(config: SubgraphNodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const run = await parts.subgraph(config)
  const keys = config.output_keys === undefined ? undefined : [config.output_keys].flat()
  return {
    type: 'subgraph',
    async execute(state) {
      const after = await run(state)
      return keys === undefined ? after : pick(after, keys)
    },
  }
}

function pick(state: State, keys: readonly string[]): State {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(state, key)).map((key) => [key, state[key]]))
}
