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
      const isFree = (node.model.structured_output ?? structured) !== undefined
      // A function may write more than the keys that are declared.
      const areAllKnown = node.post_process === undefined && (declared !== undefined || !isFree)
      return { keys: declared ?? ['messages'], areAllKnown }
    }
    case 'multi_llm': {
      const areAllKnown = node.multi_llm_post_process === undefined
      return { keys: declared ?? (areAllKnown ? Object.keys(node.models) : []), areAllKnown }
    }
    case 'lambda':
      return { keys: declared ?? [], areAllKnown: declared !== undefined }
    case 'subgraph':
      return { keys: declared ?? [], areAllKnown: declared !== undefined }
    default:
      return node satisfies never
  }
}
