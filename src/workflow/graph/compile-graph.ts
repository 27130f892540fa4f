import { SygraError } from '../../errors.ts'
import type { FunctionReference } from '../config/function-reference.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import { reducerNames } from '../config/graph-properties.ts'
import { type ConditionalEdgeConfig, isConditional } from '../config/topology/edge-config.ts'
import { readGraphShape } from '../config/topology/graph-shape.ts'
import {
  type Exit,
  predecessorsIn,
  reachedFrom,
  successorsOf,
  type Topology,
  topologyOf,
  vertexOrderOf,
} from '../config/topology/topology.ts'
import type { NodeConfig } from '../nodes/node-kinds.ts'
import { namedReducer, type Reducer } from './reducer.ts'
import { historyKey, toolCallsKey } from './state.ts'

const defaultMaxLoops = 100

/** A graph ready to run: everything that does not depend on a record is worked out. */
export interface CompiledGraph {
  /** In the order they stand in the configuration; a node's index is its vertex. */
  readonly nodes: readonly CompiledNode[]
  readonly conditionalEdges: readonly ConditionalEdge[]
  readonly start: number
  readonly end: number
  /** By vertex. */
  readonly exits: readonly (readonly CompiledExit[])[]
  /** True when no vertex has two exits, so that a record is only ever in one place. */
  readonly isSequential: boolean
  /** By vertex; undefined where only one edge leads. */
  readonly joins: readonly (JoinRule | undefined)[]
  /** By vertex: its position in the graph without the edges that close loops. */
  readonly order: readonly number[]
  readonly reducers: ReadonlyMap<string, Reducer>
  /** How often one node may run for one record. */
  readonly maxLoops: number
}

export interface CompiledNode {
  readonly index: number
  readonly name: string
  readonly config: NodeConfig
  readonly isIdle: boolean
}

/** An edge whose condition says where to go. */
export interface ConditionalEdge {
  /** Its index among the edges of the configuration. */
  readonly index: number
  readonly from: string
  readonly condition: FunctionReference
  /** What the condition may give. */
  readonly choices: readonly string[]
}

export type CompiledExit =
  | { readonly type: 'direct'; readonly order: number; readonly target: number }
  | {
      readonly type: 'conditional'
      readonly order: number
      readonly edge: ConditionalEdge
      readonly targets: ReadonlyMap<string, number>
    }

/**
 * Makes a checked configuration ready to run.
 *
 * @param functions what the references among the reducers stand for.
 * @throws SygraError `bad_function` for a reducer that is only a reference.
 */
export function compileGraph(
  config: GraphConfig,
  { functions = {} }: { readonly functions?: Readonly<Record<string, Reducer>> } = {},
): CompiledGraph {
  const shape = readGraphShape(config)
  if (shape === undefined)
    throw new SygraError('bad_config', 'the graph of the configuration cannot be read; check it first')
  const topology = topologyOf(shape)
  const exits = topology.exits.map((leaving) => leaving.map((exit) => compiledExit(exit, topology, config)))
  const isSequential = exits.every((leaving) => leaving.length < 2)
  const order = isSequential ? [] : vertexOrderOf(topology)
  return {
    nodes: Object.entries(config.graph_config.nodes).map(([name, node], index) => {
      return { index, name, config: node, isIdle: node.node_state === 'idle' }
    }),
    conditionalEdges: exits.flat().flatMap((exit) => (exit.type === 'conditional' ? [exit.edge] : [])),
    start: topology.start,
    end: topology.end,
    exits,
    isSequential,
    joins: isSequential ? [] : joinRulesOf(topology, order),
    order,
    reducers: reducersOf(config, functions),
    maxLoops: config.graph_config.graph_properties?.max_loops ?? defaultMaxLoops,
  }
}

function compiledExit({ order, edge, targets }: Exit, { names, end }: Topology, config: GraphConfig): CompiledExit {
  const found = config.graph_config.edges?.[edge]
  if (found === undefined || !isConditional(found)) return { type: 'direct', order, target: targets[0] ?? end }
  const vertexOf = new Map(names.map((name, vertex) => [name, vertex]))
  const paths = Object.entries(found.path_map)
  return {
    type: 'conditional',
    order,
    edge: conditionalEdge(found, edge),
    targets: new Map(paths.map(([choice, name]) => [choice, vertexOf.get(name) ?? end])),
  }
}

function conditionalEdge({ from, condition, path_map }: ConditionalEdgeConfig, index: number): ConditionalEdge {
  return { index, from, condition, choices: Object.keys(path_map) }
}

function reducersOf(config: GraphConfig, functions: Readonly<Record<string, Reducer>>): ReadonlyMap<string, Reducer> {
  const append = namedReducer('append')
  const reducers = new Map<string, Reducer>([
    ['messages', append],
    [historyKey, append],
    // Of two nodes with tools that run side by side, the one declared last tells what was asked for.
    [toolCallsKey, namedReducer('last')],
  ])
  for (const [key, reference] of Object.entries(config.graph_config.graph_properties?.reducers ?? {})) {
    reducers.set(key, functions[key] ?? reducerOf(key, reference))
  }
  return reducers
}

function reducerOf(key: string, reference: FunctionReference): Reducer {
  if (typeof reference === 'function') return (...values) => Reflect.apply(reference, undefined, values)
  const name = reducerNames.find((known) => known === reference)
  if (name !== undefined) return namedReducer(name)
  throw new SygraError('bad_function', `the reducer of "${key}" is ${reference}, which was not loaded`)
}

/** When a vertex that several edges lead to may begin: not while a branch is at a vertex that is marked here. */
interface JoinRule {
  /** By vertex, 1 where a node that runs is waited for. */
  readonly running: Uint8Array
  /** By vertex, 1 where a branch that waits is waited for. */
  readonly waiting: Uint8Array
}

/**
 * The rules of all joins. A join waits for every branch that may still come to it, by whatever path. The one exception are
 * paths that lead through a join further on: that one waits for this one, so nothing comes back from there before.
 */
function joinRulesOf(topology: Topology, order: readonly number[]): readonly (JoinRule | undefined)[] {
  const predecessors = predecessorsIn(topology)
  const isJoin = isJoinIn(topology, order)
  return topology.names.map((_name, vertex) => {
    if (!isJoin[vertex] || vertex === topology.end) return undefined
    const ahead = reachedFrom(forwardFrom(topology, order, vertex), (other) => forwardFrom(topology, order, other))
    const holdsFor = (other: number) => isJoin[other] === true && ahead.has(other)
    return ruleOf({ vertex, predecessors, holdsFor })
  })
}

function ruleOf({
  vertex,
  predecessors,
  holdsFor,
}: {
  readonly vertex: number
  readonly predecessors: readonly (readonly number[])[]
  /** True for a join that would wait for this vertex. */
  readonly holdsFor: (vertex: number) => boolean
}): JoinRule {
  const before = (other: number) =>
    holdsFor(other) ? [] : (predecessors[other] ?? []).filter((next) => next !== vertex)
  const reached = reachedFrom(
    (predecessors[vertex] ?? []).filter((other) => other !== vertex),
    before,
  )
  const rule = { running: new Uint8Array(predecessors.length), waiting: new Uint8Array(predecessors.length) }
  for (const other of reached) {
    rule.running[other] = 1
    if (!holdsFor(other)) rule.waiting[other] = 1
  }
  return rule
}

function isJoinIn({ names, exits }: Topology, order: readonly number[]): readonly boolean[] {
  const edges = names.map(() => 0)
  exits.forEach((leaving, vertex) => {
    if ((order[vertex] ?? -1) < 0) return
    for (const target of leaving.flatMap(({ targets }) => targets)) edges[target] = (edges[target] ?? 0) + 1
  })
  return edges.map((count) => count > 1)
}

function forwardFrom(topology: Topology, order: readonly number[], vertex: number): readonly number[] {
  return successorsOf(topology, vertex).filter((next) => (order[next] ?? -1) > (order[vertex] ?? -1))
}
