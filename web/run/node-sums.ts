import type { Metadata, NodeMetadata } from '../../src/metadata/schema.ts'
import { isWithin } from '../../src/report/run/run-filter.ts'
import { sumOfCosts } from '../../src/report/run/sum-of-costs.ts'
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

export function nodeSums({ nodes, aggregate_statistics: { records } }: Metadata, name: string): NodeSums {
  const own = Object.entries(nodes).flatMap(([other, node]) => (isWithin(other, name) ? [node] : []))
  const all = Object.values(nodes).reduce((sum, node) => sum + usdOf(node), 0)
  const node = Object.hasOwn(nodes, name) ? nodes[name] : undefined
  return {
    cost: sumOfCosts(own.flatMap(({ cost }) => cost ?? [])),
    share: all > 0 ? own.reduce((sum, inner) => sum + usdOf(inner), 0) / all : 0,
    tokens: own.reduce((sum, { token_statistics }) => sum + (token_statistics?.total_tokens ?? 0), 0),
    passes:
      node === undefined || records.total_processed === 0 ? undefined : node.total_executions / records.total_processed,
  }
}

function usdOf({ cost }: NodeMetadata): number {
  return cost?.total_cost_usd ?? 0
}
