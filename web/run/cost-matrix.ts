import type { Metadata } from '../../src/metadata/schema.ts'

/** What each node spent at each model, in USD. */
export interface CostMatrix {
  readonly models: readonly string[]
  readonly rows: readonly CostMatrixRow[]
  /** The dearest cell. */
  readonly mostUsd: number
}

export interface CostMatrixRow {
  /** Undefined for what belongs to no node. */
  readonly node: string | undefined
  readonly costs: readonly (number | undefined)[]
  readonly totalUsd: number
}

/** The costs by node and model; undefined when the file does not say which node used which model. */
export function costMatrixOf({ models, nodes, aggregate_statistics }: Metadata): CostMatrix | undefined {
  const names = Object.keys(models)
  const rows = Object.entries(nodes).flatMap(([node, { models: used, model_name, cost }]): CostMatrixRow[] => {
    if (cost === undefined) return []
    const totalUsd = cost.total_cost_usd
    const costs = names.map((name) => {
      if (used !== undefined) return Object.hasOwn(used, name) ? used[name]?.total_cost_usd : undefined
      // Format 1.0.0 names one model for each node.
      return name === model_name ? totalUsd : undefined
    })
    return [{ node, costs, totalUsd }]
  })
  const { unattributed } = aggregate_statistics
  if (unattributed !== undefined && unattributed.total_cost_usd > 0) {
    rows.push({ node: undefined, costs: names.map(() => undefined), totalUsd: unattributed.total_cost_usd })
  }
  if (rows.length === 0) return undefined
  return { models: names, rows, mostUsd: Math.max(...rows.flatMap(({ costs }) => costs.map((usd) => usd ?? 0))) }
}
