import { usdOf } from './cost.ts'
import { costStatusBlock, totalUsdOf } from './cost-blocks.ts'
import type { NodeTotals } from './node-totals.ts'
import { callBlock, requestBlock, tokenBlock } from './request-blocks.ts'
import type { RequestTotals } from './request-totals.ts'
import { ratio, roundedSeconds, roundedUsd } from './rounding.ts'
import type { NodeMetadata } from './schema.ts'
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
  return {
    node_name: name,
    node_type: node.type,
    model_name: node.model ?? onlyKeyOf(requestsByModel) ?? null,
    total_executions: node.executions,
    total_failures: node.failures,
    failure_rate: ratio(node.failures, node.executions),
    total_latency_seconds: roundedSeconds(node.latency.sum),
    average_latency_seconds: roundedSeconds(ratio(node.latency.sum, node.executions)),
    latency_statistics: latencyBlock(node.latency),
    ...costOf(node, requests),
    ...tokensOf(node, requests),
    ...(requests.requests > 0 ? requestsOf(requests, requestsByModel) : {}),
    ...(node.errorTypes.size > 0 ? { error_types: countsBlock(node.errorTypes) } : {}),
    ...(inner === undefined ? {} : { inner_nodes: innerBlock(inner) }),
    latency_sketch: sketchBlock(node.latency),
  }
}

/** What the node's own requests used; what the caller stated counts only where no request names the node. */
export function usesStatedFigures(requests: RequestTotals): boolean {
  return requests.requests === 0
}

function costOf(node: NodeTotals, requests: RequestTotals): Pick<NodeMetadata, 'cost'> {
  const isStated = usesStatedFigures(requests)
  const totalUsd = isStated ? usdOf(node.statedCost) : totalUsdOf(requests.cost)
  if (totalUsd <= 0) return {}
  return {
    cost: {
      total_cost_usd: roundedUsd(totalUsd),
      average_cost_per_execution: roundedUsd(ratio(totalUsd, node.executions)),
      ...(isStated ? {} : costStatusBlock(requests.cost)),
    },
  }
}

function tokensOf(node: NodeTotals, requests: RequestTotals): Pick<NodeMetadata, 'token_statistics'> {
  const tokens = usesStatedFigures(requests) ? node.statedTokens : requests.tokens
  return tokens.reports > 0 ? { token_statistics: tokenBlock(tokens) } : {}
}

function requestsOf(requests: RequestTotals, byModel: ReadonlyMap<string, RequestTotals>) {
  return {
    requests: { ...requestBlock(requests), unpriced_requests: requests.cost.unpricedRequests },
    calls: callBlock(requests),
    models: Object.fromEntries(
      [...byModel].map(([model, totals]) => [
        model,
        {
          total_requests: totals.requests,
          total_tokens: totals.tokens.total,
          total_cost_usd: roundedUsd(totalUsdOf(totals.cost)),
        },
      ]),
    ),
  }
}

function innerBlock({ names, requests }: NonNullable<NodeSummaryInput['inner']>) {
  return {
    names: [...names],
    total_requests: requests.requests,
    total_prompt_tokens: requests.tokens.prompt,
    total_completion_tokens: requests.tokens.completion,
    total_tokens: requests.tokens.total,
    total_cost_usd: roundedUsd(totalUsdOf(requests.cost)),
  }
}

function onlyKeyOf(map: ReadonlyMap<string, unknown>): string | undefined {
  return map.size === 1 ? [...map.keys()][0] : undefined
}
