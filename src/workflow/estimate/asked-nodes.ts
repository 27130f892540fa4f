import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { placeText } from '../config/config-issue.ts'
import { readGraphShape } from '../config/topology/graph-shape.ts'
import { topologyOf, vertexOrderOf } from '../config/topology/topology.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { promptTokensOf } from '../limits/prompt-tokens.ts'
import type { ModelClient } from '../models/model-call.ts'
import { createModuleLoader } from '../module-loader.ts'
import type { NodeParts, NodeQuestions } from '../nodes/node-kind.ts'
import { kindOf, type NodeConfig } from '../nodes/node-kinds.ts'
import { subgraphDefinition } from '../run/prepare/prepare-graph.ts'
import type { ModelFinder } from '../run/prepare/prepare-nodes.ts'

/** A model that a node asks. */
export interface AskedModel {
  readonly client: ModelClient
  /** Tokens of what goes with every prompt: tools, and the schema of the answer. */
  readonly fixedTokens: number
}

interface KnownNode {
  /** As the metadata names it; one within a subgraph has the names of those around it in front. */
  readonly name: string
  /** The state keys that it says it writes. */
  readonly writes: readonly string[]
}

/** A node that asks models, as far as the size of its requests depends on it. */
export interface AskedNode extends KnownNode {
  readonly type: 'asked'
  readonly models: readonly AskedModel[]
  readonly questions: Omit<NodeQuestions, 'models'>
  /** The variables of its prompt, each once. */
  readonly variables: readonly string[]
}

/** A node that asks nobody: what it writes is not known before it runs. */
export interface SilentNode extends KnownNode {
  readonly type: 'silent'
}

export type EstimatedNode = AskedNode | SilentNode

export interface AskedNodeOptions {
  readonly modelsOf: (directory: string) => ModelFinder
  readonly tokenizer: Tokenizer
  /** The tasks that this one is a part of. */
  readonly within?: readonly string[]
  readonly prefix?: string
}

/** The nodes of a workflow in the order they run, with the models they ask, those of subgraphs in their place. */
export async function askedNodesOf(
  definition: WorkflowDefinition,
  options: AskedNodeOptions,
): Promise<readonly EstimatedNode[]> {
  const { within = [], prefix = '' } = options
  const found: EstimatedNode[] = []
  for (const [name, node] of nodesInOrder(definition)) {
    const where = placeText({ path: ['graph_config', 'nodes', name] }, definition.origin)
    const task = kindOf(node).innerTask?.(node)
    if (task === undefined) {
      found.push(await estimatedNode(node, { name: prefix + name, where, definition, options }))
      continue
    }
    const inner = await subgraphDefinition(task, { where, outer: definition, within })
    const deeper = { ...options, within: [...within, definition.taskName], prefix: `${prefix}${name}.` }
    found.push(...(await askedNodesOf(inner, deeper)))
  }
  return found
}

async function estimatedNode(
  config: NodeConfig,
  {
    name,
    where,
    definition,
    options,
  }: {
    readonly name: string
    readonly where: string
    readonly definition: WorkflowDefinition
    readonly options: AskedNodeOptions
  },
): Promise<EstimatedNode> {
  const kind = kindOf(config)
  const parts: NodeParts = {
    name,
    where,
    directory: definition.directory,
    graphProperties: definition.config.graph_config.graph_properties,
    modules: createModuleLoader(definition.directory),
    model: options.modelsOf(definition.directory),
    // What a task's functions do is not known before they run, and they are not run for an estimate.
    function: async () => undefined,
    column: async () => [],
    subgraph: async () => async (state) => state,
  }
  const maker = await kind.load()
  const asked = await maker.questions?.(config, parts)
  if (asked === undefined) return { type: 'silent', name, writes: kind.writes(config).keys }
  const { models, ...questions } = asked
  const empty = promptTokensOf({ prompt: [] }, options.tokenizer)
  return {
    type: 'asked',
    name,
    writes: kind.outputKeysIn({ ...config }),
    questions,
    variables: [...new Set((kind.variables?.(config) ?? []).map(({ variable }) => variable))],
    models: models.map(({ client, fixed }) => ({
      client,
      fixedTokens: promptTokensOf({ prompt: [], ...fixed }, options.tokenizer) - empty,
    })),
  }
}

function nodesInOrder({ config }: WorkflowDefinition): readonly (readonly [string, NodeConfig])[] {
  const nodes = Object.entries(config.graph_config.nodes)
  const shape = readGraphShape(config)
  const active = nodes.filter(([, node]) => node.node_state !== 'idle')
  if (shape === undefined) return active
  const topology = topologyOf(shape)
  const order = vertexOrderOf(topology)
  const positionOf = (name: string) => order[topology.names.indexOf(name)] ?? -1
  return active.sort(([a], [b]) => positionOf(a) - positionOf(b))
}
