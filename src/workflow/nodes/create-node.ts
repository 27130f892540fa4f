import { SygraError } from '../../errors.ts'
import type { NodeConfig } from '../graph/node-config.ts'
import { createLambdaNode } from './lambda.ts'
import { createLlmNode } from './llm.ts'
import type { NodeExecutor } from './node.ts'
import type { NodeParts } from './node-parts.ts'

/** Makes a node of whatever kind. */
export async function createNode(config: NodeConfig, parts: NodeParts): Promise<NodeExecutor> {
  switch (config.node_type) {
    case 'llm':
      return createLlmNode(config, parts)
    case 'lambda':
      return createLambdaNode(config, parts)
    case 'multi_llm':
    case 'agent':
    case 'weighted_sampler':
    case 'subgraph':
      throw new SygraError(
        'unknown_node_type',
        `${parts.where}: nodes of type "${config.node_type}" cannot be run by this version; llm and lambda can`,
      )
    default:
      return config satisfies never
  }
}
