import type { NodeMetadata } from '../metadata/schema.ts'
import { costOf, type Figure, type FigureValue, known, percentileFigures, ratio } from './figure.ts'

/** Figures of one node; its latency is the wall time of an execution. */
export const nodeFigures: readonly Figure<NodeMetadata>[] = [
  { name: 'executions', title: 'executions', unit: 'count', read: (node) => known(node.total_executions) },
  { name: 'failures', title: 'failures', unit: 'count', better: 'lower', read: (node) => known(node.total_failures) },
  {
    name: 'failure_rate',
    title: 'failure rate',
    unit: 'share',
    better: 'lower',
    read: (node) => known(node.failure_rate),
  },
  { name: 'total_cost', title: 'cost', unit: 'usd', better: 'lower', read: (node) => nodeCost(node, 1) },
  {
    name: 'cost_per_execution',
    title: 'cost per execution',
    unit: 'usd',
    better: 'lower',
    read: (node) => nodeCost(node, node.total_executions),
  },
  { name: 'requests', title: 'requests', unit: 'count', read: ({ requests }) => known(requests?.total_requests ?? 0) },
  {
    name: 'total_tokens',
    title: 'tokens',
    unit: 'count',
    better: 'lower',
    read: (node) => known(node.token_statistics?.total_tokens ?? 0),
  },
  ...percentileFigures<NodeMetadata>('latency', (node) =>
    node.total_executions > 0 ? node.latency_statistics : undefined,
  ),
]

function nodeCost({ cost, requests }: NodeMetadata, divisor: number): FigureValue {
  if (cost !== undefined) {
    return costOf(cost, ratio(cost.total_cost_usd, divisor), { requests: requests?.total_requests ?? 0 })
  }
  return Number(requests?.unpriced_requests ?? 0) > 0 ? { unknown: 'its price is not known' } : { value: 0 }
}
