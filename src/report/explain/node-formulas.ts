import { microseconds } from '../../metadata/duration.ts'
import type { NodeEnd } from '../../metadata/event.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { statedCost } from './cost-formulas.ts'
import {
  countOf,
  type FigurePath,
  type Formula,
  figure,
  measure,
  quotient,
  type StatisticName,
  total,
} from './formula.ts'
import { type BlockFormulas, keyed } from './request-formulas.ts'
import { moneyOf, ofNode, ofNodeAndModel, type Subject } from './subject.ts'

/** The keys of a node that count its executions. */
export function executionFormulas(node: string): BlockFormulas {
  const block: FigurePath = ['nodes', node]
  return keyed({
    total_executions: () => countNodeEnds(node, 'executions', () => true),
    total_failures: () => countNodeEnds(node, 'failed executions', ({ succeeded }) => !succeeded),
    failure_rate: () => quotient(figure(...block, 'total_failures'), figure(...block, 'total_executions')),
    total_latency_seconds: () => nodeLatency(node, 'sum'),
    average_latency_seconds: () =>
      quotient(figure(...block, 'total_latency_seconds'), figure(...block, 'total_executions')),
  })
}

/** A statistic over the executions of a node. */
export function nodeLatency(node: string, reduction: StatisticName | 'sum', scale = 1e-6): Formula {
  const value = (event: Parameters<Parameters<typeof measure>[2]>[0]) =>
    event.type === 'node-end' && event.node === node ? microseconds(event.durationSeconds) : undefined
  return measure(reduction, `wall time of the executions of node ${node}`, value, scale)
}

export function nodeErrorCount(node: string, errorType: string): Formula {
  return countNodeEnds(
    node,
    `executions that failed with ${errorType}`,
    (end) => !end.succeeded && (end.errorType ?? 'unknown') === errorType,
  )
}

function countNodeEnds(node: string, what: string, isMeant: (end: NodeEnd) => boolean): Formula {
  return countOf(
    `${what} of node ${node}`,
    (event) => event.type === 'node-end' && event.node === node && isMeant(event),
  )
}

/** Whose tokens a node has: its requests', or without any those that the program stated. */
export function nodeSubject({ nodes }: Metadata, node: string): Subject {
  const subject = ofNode(node)
  return isStated(nodes[node]) ? { ...subject, statedBy: (end) => end.node === node } : subject
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
