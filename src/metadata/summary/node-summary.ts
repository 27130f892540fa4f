import { nodeCostFigures, partCostFigures, unpricedFigures } from '../figures/cost-figures.ts'
import { numbersOf } from '../figures/figure.ts'
import { executionTimes, nodeErrors, nodeFigures } from '../figures/node-figures.ts'
import { callDurations, callFigures, nodeModelFigures, requestFigures } from '../figures/request-figures.ts'
import { reports, tokenStatisticsFigures, totalTokenFigures } from '../figures/token-figures.ts'
import type { NodeMetadata } from '../schema.ts'
import { ratio, roundedUsd } from '../statistics/rounding.ts'
import { totalUsdOf } from '../totals/cost-totals.ts'
import type { NodeTotals } from '../totals/node-totals.ts'
import type { RequestTotals } from '../totals/request-totals.ts'
import { avoidedBlock, costStatusBlock } from './cost-blocks.ts'
import { countsBlock, latencyBlock, sketchBlock } from './statistics-block.ts'

interface NodeSummaryInput {
  readonly name: string
  readonly node: NodeTotals
  readonly requests: RequestTotals
  readonly requestsByModel: ReadonlyMap<string, RequestTotals>
  /** Of a subgraph: the nodes within it, and what they asked of models. */
  readonly inner?: { readonly names: readonly string[]; readonly requests: RequestTotals }
}

/** An entry of `nodes`. `cost` and `token_statistics` are there only if the node has any. */
export function nodeSummary({ name, node, requests, requestsByModel, inner }: NodeSummaryInput): NodeMetadata {
  const latency = node.ends.distributionOf(executionTimes)
  const errors = node.ends.countsOf(nodeErrors)
  const numbers = numbersOf(nodeFigures, { totals: undefined, measured: node.measured })
  return {
    node_name: name,
    node_type: node.type,
    model_name: node.model ?? onlyKeyOf(requestsByModel) ?? null,
    ...numbers,
    latency_statistics: latencyBlock(latency),
    ...costOf(node, requests, numbers.total_executions),
    ...tokensOf(node, requests),
    ...(requests.requests > 0 ? requestsOf(requests, requestsByModel) : {}),
    ...avoidedBlock(requests),
    ...(errors.size > 0 ? { error_types: countsBlock(errors) } : {}),
    ...(inner === undefined ? {} : { inner_nodes: innerBlock(inner) }),
    latency_sketch: sketchBlock(latency),
  }
}

/** What the node's own requests used; what the caller stated counts only where no request names the node. */
export function usesStatedFigures(requests: RequestTotals): boolean {
  return requests.requests === 0
}

function costOf(node: NodeTotals, requests: RequestTotals, executions: number): Pick<NodeMetadata, 'cost'> {
  const { cost } = requests
  if (usesStatedFigures(requests)) {
    const usd = node.statedUsd
    if (usd <= 0) return {}
    return {
      cost: { total_cost_usd: roundedUsd(usd), average_cost_per_execution: roundedUsd(ratio(usd, executions)) },
    }
  }
  if (totalUsdOf(cost) <= 0) return {}
  const amounts = numbersOf(nodeCostFigures, {
    totals: { cost, isRehearsal: cost.isRehearsal },
    other: (path) => (path === 'total_executions' ? executions : undefined),
  })
  return { cost: { ...amounts, ...costStatusBlock(cost) } }
}

function tokensOf(node: NodeTotals, requests: RequestTotals): Pick<NodeMetadata, 'token_statistics'> {
  const isStated = usesStatedFigures(requests)
  if ((isStated ? node.stated : requests.ends).of(reports) === 0) return {}
  const { measured } = isStated ? node : requests
  return { token_statistics: numbersOf(tokenStatisticsFigures, { totals: undefined, measured }) }
}

function requestsOf(requests: RequestTotals, byModel: ReadonlyMap<string, RequestTotals>) {
  const { measured, cost, ends } = requests
  return {
    requests: {
      ...numbersOf(requestFigures, { totals: undefined, measured }),
      ...numbersOf(unpricedFigures, { totals: { cost, isRehearsal: cost.isRehearsal } }),
    },
    calls: {
      ...numbersOf(callFigures, { totals: undefined, measured }),
      latency_statistics: latencyBlock(ends.distributionOf(callDurations)),
    },
    models: Object.fromEntries([...byModel].map(([model, totals]) => [model, modelPart(totals)])),
  }
}

const modelPartFigures = { ...nodeModelFigures, total_tokens: totalTokenFigures.total_tokens }
const innerFigures = { ...nodeModelFigures, ...totalTokenFigures }

function modelPart({ measured, cost }: RequestTotals) {
  return {
    ...numbersOf(modelPartFigures, { totals: undefined, measured }),
    ...numbersOf(partCostFigures, { totals: { cost, isRehearsal: cost.isRehearsal } }),
  }
}

function innerBlock({ names, requests: { measured, cost } }: NonNullable<NodeSummaryInput['inner']>) {
  return {
    names: [...names],
    ...numbersOf(innerFigures, { totals: undefined, measured }),
    ...numbersOf(partCostFigures, { totals: { cost, isRehearsal: cost.isRehearsal } }),
  }
}

function onlyKeyOf(map: ReadonlyMap<string, unknown>): string | undefined {
  return map.size === 1 ? [...map.keys()][0] : undefined
}
