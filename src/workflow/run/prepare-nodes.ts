import type { WorkflowDefinition } from '../definition.ts'
import type { FunctionLoader } from '../function-loader.ts'
import { placeText } from '../graph/config-issue.ts'
import { createNode } from '../nodes/create-node.ts'
import type { NodeExecutor } from '../nodes/node.ts'
import type { UserFunction } from '../nodes/node-parts.ts'
import type { ModelFinder } from './prepare-models.ts'

/** Makes the nodes of a workflow: their functions are loaded and their models found, so that nothing is missing later. */
export async function prepareNodes(
  { config, origin }: WorkflowDefinition,
  { load, findModel }: { readonly load: FunctionLoader; readonly findModel: ModelFinder },
): Promise<ReadonlyMap<string, NodeExecutor>> {
  const active = Object.entries(config.graph_config.nodes).filter(([, node]) => node.node_state !== 'idle')
  const made = await Promise.all(
    active.map(async ([name, node]) => {
      const path = ['graph_config', 'nodes', name]
      const executor = await createNode(node, {
        name,
        where: placeText({ path }, origin),
        model: findModel,
        function: async (reference, key) =>
          reference === undefined
            ? undefined
            : ((await load(reference, placeText({ path: [...path, key] }, origin))) as UserFunction),
      })
      return [name, executor] as const
    }),
  )
  return new Map(made)
}
