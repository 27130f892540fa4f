import { SygraError } from '../../errors.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { placeText } from '../config/config-issue.ts'
import type { AgentNodeConfig, LlmNodeConfig, MultiLlmNodeConfig, NodeConfig } from '../config/node-config.ts'
import { readGraphShape } from '../config/topology/graph-shape.ts'
import { topologyOf, vertexOrderOf } from '../config/topology/topology.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { promptTokensOf } from '../limits/prompt-tokens.ts'
import type { ModelClient } from '../models/model-client.ts'
import { createModuleLoader } from '../module-loader.ts'
import type { ChatPrompt } from '../nodes/chat-prompt.ts'
import { createChatPrompt } from '../nodes/chat-prompt.ts'
import type { Converse } from '../nodes/converse.ts'
import { describeTool, loadTools } from '../nodes/load-tools.ts'
import { createModelAsker } from '../nodes/model-asker.ts'
import type { NodeParts } from '../nodes/node-parts.ts'
import type { ModelFinder } from '../run/prepare-models.ts'
import { subgraphDefinition } from '../run/subgraph-definition.ts'

/** A model that a node asks. */
export interface AskedModel {
  readonly client: ModelClient
  /** Tokens of what goes with every prompt: tools, and the schema of the answer. */
  readonly fixedTokens: number
}

/** A node that asks models, as far as the size of its requests depends on it. */
export interface AskedNode {
  /** As the metadata names it; one within a subgraph has the names of those around it in front. */
  readonly name: string
  readonly config: ChatNodeConfig
  readonly models: readonly AskedModel[]
  readonly chat: ChatPrompt
}

/** A node that asks nobody: what it writes is not known before it runs. */
export interface SilentNode {
  readonly name: string
  readonly writes: readonly string[]
}

export type EstimatedNode = ({ readonly type: 'asked' } & AskedNode) | ({ readonly type: 'silent' } & SilentNode)

type ChatNodeConfig = LlmNodeConfig | MultiLlmNodeConfig | AgentNodeConfig

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
    if (node.node_type === 'subgraph') {
      const inner = await subgraphDefinition(node, { where, outer: definition, within })
      const deeper = { ...options, within: [...within, definition.taskName], prefix: `${prefix}${name}.` }
      found.push(...(await askedNodesOf(inner, deeper)))
    } else if (isChatNode(node)) {
      found.push({ type: 'asked', ...(await askedNodeOf(node, { name: prefix + name, where, definition, options })) })
    } else found.push({ type: 'silent', name: prefix + name, writes: keysWrittenBy(node) })
  }
  return found
}

async function askedNodeOf(
  config: ChatNodeConfig,
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
): Promise<AskedNode> {
  const { graph_properties: graphProperties } = definition.config.graph_config
  const modules = createModuleLoader(definition.directory)
  const parts: NodeParts = {
    name,
    where,
    graphProperties,
    modules,
    model: options.modelsOf(definition.directory),
    // What a task's functions do is not known before they run, and they are not run for an estimate.
    function: async () => undefined,
    column: async () => [],
    subgraph: async () => async (state) => state,
  }
  const tools = await loadTools(config.tools ?? [], { modules, where: `${where}: tools` })
  const described = tools.length > 0 ? tools.map(describeTool) : undefined
  const blocks = config.node_type === 'multi_llm' ? Object.values(config.models) : [config.model]
  const structuredOutput = config.node_type === 'llm' ? config.structured_output : undefined
  const models = await Promise.all(
    blocks.map(async (block): Promise<AskedModel> => {
      const asker = await createModelAsker(block, {
        parts,
        converse: askNobody,
        structuredOutput: structuredOutput ?? block.structured_output,
      })
      const responseFormat =
        asker.form === undefined ? undefined : { type: 'json' as const, schema: asker.form.jsonSchema }
      const empty = promptTokensOf({ prompt: [] }, options.tokenizer)
      const fixed = promptTokensOf({ prompt: [], tools: described, responseFormat }, options.tokenizer)
      return { client: asker.client, fixedTokens: fixed - empty }
    }),
  )
  return { name, config, models, chat: createChatPrompt(config, { where, graphProperties }) }
}

const askNobody: Converse = () => {
  throw new SygraError('run_stopped', 'an estimate asks no model')
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

function isChatNode(node: NodeConfig): node is ChatNodeConfig {
  return node.node_type === 'llm' || node.node_type === 'multi_llm' || node.node_type === 'agent'
}

/** The state keys that a node says it writes. */
export function keysWrittenBy(node: NodeConfig): readonly string[] {
  if (node.node_type === 'weighted_sampler') return Object.keys(node.attributes)
  return node.output_keys === undefined ? [] : [node.output_keys].flat()
}
