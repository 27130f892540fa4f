import { z } from 'zod'
import { agent } from './agent/agent.ts'
import { lambda } from './lambda/lambda.ts'
import { llm } from './llm/llm.ts'
import { multiLlm } from './multi-llm/multi-llm.ts'
import type { NodeKind, NodeWrites } from './node-kind.ts'
import { subgraph } from './subgraph/subgraph.ts'
import { weightedSampler } from './weighted-sampler/weighted-sampler.ts'

/** Every kind of node. A further kind is a file that exports it, and a line here. */
const nodeKinds = [llm, multiLlm, agent, lambda, weightedSampler, subgraph] as const

const [first, ...others] = nodeKinds.map(({ schema }) => schema)
if (first === undefined) throw new Error('there are no kinds of nodes')

/** One node of the graph, by `node_type`. */
export const nodeConfigSchema = z.discriminatedUnion('node_type', [first, ...others])

export type NodeConfig = z.infer<typeof nodeConfigSchema>

const kindsByType = new Map<string, NodeKind<NodeConfig>>(
  nodeKinds.map((kind) => [kind.schema.shape.node_type.value, kind]),
)

/** What `node_type` may be. */
export const kindNames: readonly string[] = [...kindsByType.keys()]

/** The kind of that `node_type`; undefined when there is none. */
export function kindNamed(type: unknown): NodeKind<NodeConfig> | undefined {
  return typeof type === 'string' ? kindsByType.get(type) : undefined
}

/** The kind of a checked node. */
export function kindOf({ node_type: type }: NodeConfig): NodeKind<NodeConfig> {
  const kind = kindsByType.get(type)
  if (kind === undefined) throw new Error(`there is no kind of node "${type}"`)
  return kind
}

/** What a node may write to the state. */
export function nodeWritesOf(node: NodeConfig): NodeWrites {
  return kindOf(node).writes(node)
}
