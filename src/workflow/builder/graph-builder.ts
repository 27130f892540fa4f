import { SygraError } from '../../errors.ts'
import type { ApplyClass, FunctionReference } from '../config/function-reference.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import type { ReducerName } from '../config/graph-properties.ts'
import type { EdgeConfig } from '../config/topology/edge-config.ts'
import { end, start } from '../config/topology/graph-ends.ts'
import { AgentNodeBuilder, emptyAgentNode } from '../nodes/agent/agent-builder.ts'
import type { ToolReference } from '../nodes/chat/chat-config.ts'
import { type ModelChoice, modelBlockOf } from '../nodes/chat/model-choice.ts'
import type { PromptContent, PromptRole } from '../nodes/chat/prompt.ts'
import { LambdaNodeBuilder } from '../nodes/lambda/lambda-builder.ts'
import { emptyLlmNode, LlmNodeBuilder } from '../nodes/llm/llm-builder.ts'
import { emptyMultiLlmNode, MultiLlmNodeBuilder } from '../nodes/multi-llm/multi-llm-builder.ts'
import type { Given, NodeBuilder } from '../nodes/node-builder.ts'
import type { NodeConfig } from '../nodes/node-kinds.ts'
import { SubgraphNodeBuilder, subgraphNode, type TaskChoice } from '../nodes/subgraph/subgraph-builder.ts'
import {
  type SamplerChoice,
  samplerNode,
  WeightedSamplerNodeBuilder,
} from '../nodes/weighted-sampler/weighted-sampler-builder.ts'
import type { ConfigDraft } from './config-draft.ts'
import type { LambdaFunction } from './node-options.ts'
import type { OverridePath } from './override-value.ts'

/** A node of the graph: what the method that added it gave, which the compiler checks, or its name. */
export type NodeChoice = string | NodeBuilder

/** The nodes and edges of a graph, drawn by hand. Without edges the nodes run in the order they were added. */
export class GraphBuilder<State extends object> {
  protected readonly draft: ConfigDraft
  readonly #names = new Map<NodeBuilder, string>()

  protected constructor(draft: ConfigDraft) {
    this.draft = draft
  }

  /** Adds a node that asks a model. */
  addLLMNode(name: string, model: ModelChoice): LlmNodeBuilder<State> {
    return this.#named(name, new LlmNodeBuilder(this.#added(name, emptyLlmNode(model))))
  }

  /** Adds a node that asks several models the same at once; more are added with `addModel`. */
  addMultiLLMNode(name: string, models: Readonly<Record<string, ModelChoice>> = {}): MultiLlmNodeBuilder<State> {
    return this.#named(name, new MultiLlmNodeBuilder(this.#added(name, emptyMultiLlmNode(models))))
  }

  /** Adds a node that asks a model until it answers, and calls the tools it asks for on the way. */
  addAgentNode(name: string, model: ModelChoice, tools: readonly ToolReference[] = []): AgentNodeBuilder<State> {
    return this.#named(name, new AgentNodeBuilder<State>(this.#added(name, emptyAgentNode(model))).tools(...tools))
  }

  /** Adds a node that runs a function: `(state) => what to write to the state`, synchronous or not. */
  addLambdaNode<Seen extends object = State>(
    name: string,
    run: Given<LambdaFunction<Seen, unknown>>,
  ): LambdaNodeBuilder {
    return this.#named(name, new LambdaNodeBuilder(this.#added(name, { node_type: 'lambda', lambda: run })))
  }

  /** Adds a node that draws values for a record. */
  addWeightedSamplerNode(
    name: string,
    attributes: Readonly<Record<string, SamplerChoice>> = {},
  ): WeightedSamplerNodeBuilder {
    return this.#named(name, new WeightedSamplerNodeBuilder(this.#added(name, samplerNode(attributes))))
  }

  /** Adds a node that takes a record through another task. */
  addSubgraphNode(name: string, task: TaskChoice): SubgraphNodeBuilder {
    return this.#named(name, new SubgraphNodeBuilder(this.#added(name, subgraphNode(task))))
  }

  /** Adds a node as `graph_config.yaml` would describe it. */
  addNode(name: string, config: NodeConfig): this {
    this.#added(name, config)
    return this
  }

  /** From a node to another, or to several that run in parallel; `START` and `END` are where records begin and end. */
  addEdge(from: NodeChoice, to: NodeChoice | readonly NodeChoice[]): this {
    const targets = isSeveral(to) ? to.map((node) => this.#nameOf(node)) : this.#nameOf(to)
    return this.#addEdge({ from: this.#nameOf(from), to: targets })
  }

  /** From a node to the one that `paths` names for what the condition gives; `END` ends the record. */
  addConditionalEdge<Choice extends string | boolean, Seen extends object = State>(
    from: NodeChoice,
    condition: ((state: Seen) => Choice | Promise<Choice>) | ApplyClass | string,
    paths: Readonly<Record<`${NoInfer<Choice>}`, NodeChoice>>,
  ): this {
    const named = Object.entries<NodeChoice>(paths).map(([choice, node]) => [choice, this.#nameOf(node)])
    return this.#addEdge({ from: this.#nameOf(from), condition, path_map: Object.fromEntries(named) })
  }

  /** Lets the nodes follow one another, from START to END. */
  sequence(...nodes: readonly NodeChoice[]): this {
    const names = nodes.map((node) => this.#nameOf(node))
    const stops = [start, ...names.filter((name) => name !== start && name !== end), end]
    for (const [index, node] of stops.slice(0, -1).entries()) this.addEdge(node, stops[index + 1] ?? end)
    return this
  }

  /** Settings of the whole graph. */
  graphProperties(properties: GraphProperties): this {
    const { graph_config: graph } = this.draft.config
    graph.graph_properties = { ...graph.graph_properties, ...graphPropertiesOf(properties) }
    return this
  }

  /** Whether nodes keep and send the chat of a record, and how many of its turns. */
  chatConversation(type: 'singleturn' | 'multiturn', windowSize = 5): this {
    return this.graphProperties({ chatConversation: type, chatHistoryWindowSize: windowSize })
  }

  /**
   * Another value at a path of the configuration, such as `graph_config.nodes.write.model.parameters.temperature`. It is
   * set when the workflow is run, whatever is called later, and checked like everything else.
   */
  override(path: OverridePath, value: unknown): this {
    this.draft.override(path, value)
    return this
  }

  /** Another model for a node, other parameters beside those it has, or both. */
  overrideModel(
    node: string,
    model: ModelChoice | undefined,
    parameters: Readonly<Record<string, unknown>> = {},
  ): this {
    const place = ['graph_config', 'nodes', node, 'model']
    const { parameters: own = {}, ...block } = model === undefined ? {} : modelBlockOf(model)
    for (const [key, value] of Object.entries(block)) this.override([...place, key], value)
    for (const [key, value] of Object.entries({ ...own, ...parameters })) {
      this.override([...place, 'parameters', key], value)
    }
    return this
  }

  /** Another text for a message of a node's prompt: its role and, from 0, its place. */
  overridePrompt(node: string, role: Exclude<PromptRole, 'tool'>, content: PromptContent, index = 0): this {
    return this.override(['graph_config', 'nodes', node, 'prompt', index], { [role]: content })
  }

  #added<Config extends NodeConfig>(name: string, config: Config): Config {
    const { nodes } = this.draft.config.graph_config
    if (Object.hasOwn(nodes, name)) {
      throw new SygraError(
        'bad_argument',
        `there is a node "${name}" already; name this one otherwise, or override the other`,
      )
    }
    nodes[name] = config
    return config
  }

  #named<Builder extends NodeBuilder>(name: string, builder: Builder): Builder {
    this.#names.set(builder, name)
    return builder
  }

  #nameOf(node: NodeChoice): string {
    if (typeof node === 'string') return node
    const name = this.#names.get(node)
    if (name !== undefined) return name
    throw new SygraError(
      'bad_argument',
      'an edge leads to or from a node of another workflow; add the node to this one',
    )
  }

  #addEdge(edge: EdgeConfig): this {
    const { graph_config: graph } = this.draft.config
    graph.edges = [...(graph.edges ?? []), edge]
    return this
  }
}

function isSeveral(to: NodeChoice | readonly NodeChoice[]): to is readonly NodeChoice[] {
  return Array.isArray(to)
}

/** Settings of a whole graph. */
interface GraphProperties {
  readonly chatConversation?: 'singleturn' | 'multiturn'
  /** Turns of the chat a node is shown; 5 by default. */
  readonly chatHistoryWindowSize?: number
  /** How often one node may run for one record; 100 by default. */
  readonly maxLoops?: number
  /** How values of a state key are combined when it is written again, by key; without one the new value stands. */
  readonly reducers?: Readonly<Record<string, ReducerName | FunctionReference>>
}

/** The `graph_properties` block of a configuration. */
function graphPropertiesOf({
  chatConversation,
  chatHistoryWindowSize,
  maxLoops,
  reducers,
}: GraphProperties): NonNullable<GraphConfig['graph_config']['graph_properties']> {
  return {
    ...(chatConversation === undefined ? {} : { chat_conversation: chatConversation }),
    ...(chatHistoryWindowSize === undefined ? {} : { chat_history_window_size: chatHistoryWindowSize }),
    ...(maxLoops === undefined ? {} : { max_loops: maxLoops }),
    ...(reducers === undefined ? {} : { reducers: { ...reducers } }),
  }
}
