import { placeText } from '../config/config-issue.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { gather } from '../gather.ts'
import type { FunctionLoader, ModuleLoader } from '../module-loader.ts'
import type { NodeExecutor, NodeParts, UserFunction } from '../nodes/node-kind.ts'
import { kindOf, type NodeConfig } from '../nodes/node-kinds.ts'
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
  const made = await gather(
    active.map(async ([name, node]) => {
      const path = ['graph_config', 'nodes', name]
      const where = placeText({ path }, origin)
      const parts: NodeParts = {
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
      }
      const executor = await createNode(node, parts).catch(async (error: unknown) => {
        // A node stops at the first thing that is missing; the user is to hear of all.
        await gather([Promise.reject(error), ...neededBy(node).map((need) => need(parts))])
        throw error
      })
      return [name, executor] as const
    }),
  )
  return new Map(made)
}

async function createNode(node: NodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  const maker = await kindOf(node).load()
  return maker.create(node, parts)
}

/** The functions and the models that a node names. */
function neededBy(node: NodeConfig): readonly ((parts: NodeParts) => Promise<unknown>)[] {
  const { functions = {}, models = [] } = kindOf(node).references?.(node) ?? {}
  return [
    ...Object.entries(functions).map(
      ([key, reference]) =>
        async (parts: NodeParts) =>
          typeof reference === 'string' ? parts.function(reference, key) : undefined,
    ),
    ...models.map((block) => (parts: NodeParts) => parts.model(block)),
  ]
}
