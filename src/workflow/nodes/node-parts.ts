import type { FunctionReference } from '../config/function-reference.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import type { ModelBlock } from '../config/model-block.ts'
import type { SubgraphNodeConfig } from '../config/node-config.ts'
import type { State } from '../graph/state.ts'
import type { ModelClient } from '../models/model-client.ts'
import type { ModuleLoader } from '../module-loader.ts'

/** What a node is made of besides its own configuration. */
export interface NodeParts {
  readonly name: string
  /** Place of the node, for errors. */
  readonly where: string
  readonly graphProperties: GraphConfig['graph_config']['graph_properties']
  readonly model: (block: ModelBlock) => Promise<ModelClient>
  readonly function: (reference: FunctionReference | undefined, key: string) => Promise<UserFunction | undefined>
  /** What the task's files export. */
  readonly modules: ModuleLoader
  /** The values of a column of a data source. */
  readonly column: (column: { readonly column: string; readonly source?: unknown }) => Promise<readonly unknown[]>
  /** Makes a task ready to run as one node. */
  readonly subgraph: (config: SubgraphNodeConfig) => Promise<(state: State) => Promise<State>>
}

/** A function of the user's, called with whatever its place gives it. */
export type UserFunction = (...parameters: unknown[]) => unknown
