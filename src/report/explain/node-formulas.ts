import { type Formula, figure, total } from '../../metadata/figures/formula.ts'
import { moneyOf, ofNode, ofNodeAndModel, type Subject } from '../../metadata/figures/subject.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { statedCost } from './cost-formulas.ts'

/** Whose tokens a node has: its requests', or without any those that the program stated. */
export function withStated({ nodes }: Metadata, subject: Subject): Subject {
  const { node } = subject
  return node !== undefined && isStated(nodes[node]) ? { ...subject, statedBy: (end) => end.node === node } : subject
}

export function nodeCost({ nodes }: Metadata, node: string): Formula {
  if (isStated(nodes[node])) return statedCost(`stated cost of node ${node}`, (end) => end.node === node)
  const isRehearsal = nodes[node]?.cost?.status === 'simulated'
  return moneyOf(ofNode(node), { what: 'cost of the requests', isRehearsal })
}

export function costOfNodeAtModel({ nodes, models }: Metadata, node: string, model: string): Formula {
  const isRehearsal = nodes[node]?.cost?.status === 'simulated' || models[model]?.cost.status === 'simulated'
  return moneyOf(ofNodeAndModel(node, model), { what: 'cost of the requests', isRehearsal })
}

/** A figure of `inner_nodes`: the sum over the nodes within a subgraph. */
export function innerFormula({ nodes }: Metadata, node: string, key: string): Formula | undefined {
  const names = nodes[node]?.inner_nodes?.names ?? []
  const own = (block: 'requests' | 'cost' | 'token_statistics') =>
    // A node without requests or cost has no such block.
    total(names.filter((name) => nodes[name]?.[block] !== undefined).map((name) => figure('nodes', name, block, key)))
  switch (key) {
    case 'total_requests':
      return own('requests')
    case 'total_cost_usd':
      return own('cost')
    case 'total_prompt_tokens':
    case 'total_completion_tokens':
    case 'total_tokens':
      return own('token_statistics')
    default:
      return undefined
  }
}

/** Nodes without requests of their own, whose figures the program stated. */
export function statedNodes({ nodes }: Metadata): ReadonlySet<string> {
  return new Set(Object.keys(nodes).filter((name) => isStated(nodes[name])))
}

function isStated(node: Metadata['nodes'][string] | undefined): boolean {
  return node !== undefined && node.requests === undefined
}
