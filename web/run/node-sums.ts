import type { Metadata, NodeMetadata } from '../../src/metadata/schema.ts'
import type { CostBlock } from '../../src/report/text/format-cost.ts'

/** What a node came to, with all nodes within it: a subgraph asks no model itself. */
export interface NodeSums {
  readonly cost: CostBlock | undefined
  /** Of what all nodes cost. */
  readonly share: number
  readonly tokens: number
  /** Passes of a record, on average; undefined without records. */
  readonly passes: number | undefined
}

export function nodeSums({ nodes, aggregate_statistics: { records, cost } }: Metadata, name: string): NodeSums {
  const own = Object.entries(nodes).flatMap(([other, node]) =>
    other === name || other.startsWith(`${name}.`) ? [node] : [],
  )
  const all = Object.values(nodes).reduce((sum, node) => sum + usdOf(node), 0)
  const usd = own.reduce((sum, node) => sum + usdOf(node), 0)
  const costs = own.flatMap((node) => node.cost ?? [])
  const isBound = costs.some(
    ({ status, is_lower_bound }) => is_lower_bound || status === 'partial' || status === 'unpriced',
  )
  const [first] = costs
  const node = Object.hasOwn(nodes, name) ? nodes[name] : undefined
  return {
    cost: first === undefined ? undefined : sumOf(usd, isBound, first, cost.status === 'simulated'),
    share: all > 0 ? usd / all : 0,
    tokens: own.reduce((sum, { token_statistics }) => sum + (token_statistics?.total_tokens ?? 0), 0),
    passes:
      node === undefined || records.total_processed === 0 ? undefined : node.total_executions / records.total_processed,
  }
}

function sumOf(usd: number, isBound: boolean, { status }: CostBlock, isSimulated: boolean): CostBlock {
  if (isSimulated) return { total_cost_usd: usd, status: 'simulated', ...(isBound ? { is_lower_bound: true } : {}) }
  return { total_cost_usd: usd, status: isBound ? (usd > 0 ? 'partial' : 'unpriced') : status }
}

function usdOf({ cost }: NodeMetadata): number {
  return cost?.total_cost_usd ?? 0
}
