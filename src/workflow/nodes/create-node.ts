import type { NodeConfig } from '../config/node-config.ts'
import { createAgentNode } from './agent.ts'
import { createLambdaNode } from './lambda.ts'
import { createLlmNode } from './llm.ts'
import { createMultiLlmNode } from './multi-llm.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'
import { createSubgraphNode } from './subgraph.ts'
import { createWeightedSamplerNode } from './weighted-sampler.ts'

/** Makes a node of whatever kind. */
export async function createNode(config: NodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  switch (config.node_type) {
    case 'llm':
      return createLlmNode(config, parts)
    case 'multi_llm':
      return createMultiLlmNode(config, parts)
    case 'agent':
      return createAgentNode(config, parts)
    case 'lambda':
      return createLambdaNode(config, parts)
    case 'weighted_sampler':
      return createWeightedSamplerNode(config, parts)
    case 'subgraph':
      return createSubgraphNode(config, parts)
    default:
      return config satisfies never
  }
}
