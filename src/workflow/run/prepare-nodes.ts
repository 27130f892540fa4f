import type { WorkflowDefinition } from '../definition.ts'
import type { FunctionLoader } from '../function-loader.ts'
import { placeText } from '../graph/config-issue.ts'
import type { ModuleLoader } from '../module-loader.ts'
import { createNode } from '../nodes/create-node.ts'
import type { NodeExecutor } from '../nodes/node.ts'
import type { NodeParts, UserFunction } from '../nodes/node-parts.ts'
import type { ModelFinder } from './prepare-models.ts'
import { readColumn } from './read-column.ts'

export interface NodeSurroundings {
  readonly load: FunctionLoader
  readonly modules: ModuleLoader
  readonly findModel: ModelFinder
  /** Makes the task of a subgraph node ready to run. */
  readonly subgraph: (
    node: { readonly name: string; readonly where: string },
    config: Parameters<NodeParts['subgraph']>[0],
  ) => ReturnType<NodeParts['subgraph']>
}

/** Makes the nodes of a workflow: their functions are loaded and their models found, so that nothing is missing later. */
export async function prepareNodes(
  definition: WorkflowDefinition,
  { load, modules, findModel, subgraph }: NodeSurroundings,
): Promise<ReadonlyMap<string, NodeExecutor>> {
  const { config, origin } = definition
  const active = Object.entries(config.graph_config.nodes).filter(([, node]) => node.node_state !== 'idle')
  const made = await Promise.all(
    active.map(async ([name, node]) => {
      const path = ['graph_config', 'nodes', name]
      const where = placeText({ path }, origin)
      const executor = await createNode(node, {
        name,
        where,
        graphProperties: config.graph_config.graph_properties,
        modules,
        model: findModel,
        function: async (reference, key) =>
          reference === undefined
            ? undefined
            : ((await load(reference, placeText({ path: [...path, key] }, origin))) as UserFunction),
        column: (column) => readColumn(column, { definition, where, modules }),
        subgraph: (inner) => subgraph({ name, where }, inner),
      })
      return [name, executor] as const
    }),
  )
  return new Map(made)
}
