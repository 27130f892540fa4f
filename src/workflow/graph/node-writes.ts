import type { NodeConfig } from './node-config.ts'

/** What a node may write to the state, as far as its configuration tells. */
export interface NodeWrites {
  readonly keys: readonly string[]
  /** False when a function of the user, or another task, decides what else is written. */
  readonly areAllKnown: boolean
}

/** What a node may write to the state. */
export function nodeWritesOf(node: NodeConfig): NodeWrites {
  if (node.node_type === 'weighted_sampler') return { keys: Object.keys(node.attributes), areAllKnown: true }
  const declared = node.output_keys === undefined ? undefined : [node.output_keys].flat()
  switch (node.node_type) {
    case 'llm':
    case 'agent': {
      const structured = node.node_type === 'llm' ? node.structured_output : undefined
      const isFree = (node.post_process ?? node.model.structured_output ?? structured) !== undefined
      return { keys: declared ?? ['messages'], areAllKnown: declared !== undefined || !isFree }
    }
    case 'multi_llm': {
      const labels = node.multi_llm_post_process === undefined ? Object.keys(node.models) : undefined
      return { keys: declared ?? labels ?? [], areAllKnown: (declared ?? labels) !== undefined }
    }
    case 'lambda':
      return { keys: declared ?? [], areAllKnown: declared !== undefined }
    case 'subgraph':
      return { keys: declared ?? [], areAllKnown: false }
    default:
      return node satisfies never
  }
}
