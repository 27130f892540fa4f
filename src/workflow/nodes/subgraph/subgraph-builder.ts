import type { DefinesWorkflow } from '../../define-workflow.ts'
import { NodeBuilder } from '../node-builder.ts'
import type { SubgraphNodeConfig } from './subgraph.ts'

/** A task by its name or path, or another workflow. */
export type TaskChoice = string | DefinesWorkflow

/** Other settings for nodes of a task, by the name of the node; `prompt_placeholder_map` renames template variables. */
export type NodeOverrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Describes a subgraph node. */
export class SubgraphNodeBuilder extends NodeBuilder {
  readonly #config: SubgraphNodeConfig

  constructor(config: SubgraphNodeConfig) {
    super(config)
    this.#config = config
  }

  nodeConfigMap(overrides: NodeOverrides): this {
    this.#config.node_config_map = { ...overrides }
    return this
  }

  /** Of what the task changes only these state keys are written. */
  outputKeys(...keys: readonly string[]): this {
    this.#config.output_keys = keys.length === 1 ? keys[0] : [...keys]
    return this
  }
}

/** The configuration of a node that is another task. */
export function subgraphNode(task: TaskChoice): SubgraphNodeConfig {
  return { node_type: 'subgraph', subgraph: task }
}
