import { type EdgeConfig, isConditional } from './edge-config.ts'
import { end, start } from './graph-ends.ts'
import type { GraphShape } from './graph-shape.ts'

/**
 * A graph in numbers. The nodes are the vertices from 0 in the order they stand, then come END and START. Every exit of a
 * vertex is taken when it is done, so a vertex with two exits begins two branches; an exit leads to one of its targets.
 */
export interface Topology {
  readonly names: readonly string[]
  readonly end: number
  readonly start: number
  /** By vertex; what leads to or from an unknown name is left out. */
  readonly exits: readonly (readonly Exit[])[]
}

export interface Exit {
  /** Position among all exits of the graph, as declared; branches are joined in this order. */
  readonly order: number
  /** Index among the edges of the configuration; -1 when there are none. */
  readonly edge: number
  /** One for a direct edge; for a conditional one those of its path map. */
  readonly targets: readonly number[]
}

/** The topology of a graph; without edges its nodes follow each other in the order they stand. */
export function topologyOf(shape: GraphShape): Topology {
  const names = [...shape.nodes.map(({ name }) => name), end, start]
  const vertexOf = new Map(names.map((name, vertex) => [name, vertex]))
  const exits: Exit[][] = names.map(() => [])
  const leads = shape.edges === undefined ? chainOf(shape) : leadsOf(shape.edges)
  leads.forEach(({ from, to, edge }, order) => {
    const targets = [...new Set(to)].flatMap((name) => (name === start ? [] : (vertexOf.get(name) ?? [])))
    if (from !== end && targets.length > 0) exits[vertexOf.get(from) ?? -1]?.push({ order, edge, targets })
  })
  return { names, end: names.length - 2, start: names.length - 1, exits }
}

interface Lead {
  readonly from: string
  readonly to: readonly string[]
  readonly edge: number
}

function leadsOf(edges: readonly EdgeConfig[]): readonly Lead[] {
  const seen = new Set<string>()
  return edges.flatMap((edge, index): readonly Lead[] => {
    if (isConditional(edge)) return [{ from: edge.from, to: Object.values(edge.path_map), edge: index }]
    // The same edge written twice is one edge.
    const targets = [edge.to].flat().filter((to) => {
      const name = JSON.stringify([edge.from, to])
      if (seen.has(name)) return false
      seen.add(name)
      return true
    })
    return targets.map((to) => ({ from: edge.from, to: [to], edge: index }))
  })
}

function chainOf({ nodes }: GraphShape): readonly Lead[] {
  const stations = [start, ...nodes.map(({ name }) => name), end]
  return stations.slice(1).map((name, index) => ({ from: stations[index] ?? start, to: [name], edge: -1 }))
}

/** Where a vertex may lead, each vertex once. */
export function successorsOf({ exits }: Topology, vertex: number): readonly number[] {
  return [...new Set((exits[vertex] ?? []).flatMap(({ targets }) => targets))]
}

/** For each vertex those that may lead to it. */
export function predecessorsIn(topology: Topology): readonly (readonly number[])[] {
  const predecessors: number[][] = topology.names.map(() => [])
  topology.names.forEach((_name, vertex) => {
    for (const next of successorsOf(topology, vertex)) predecessors[next]?.push(vertex)
  })
  return predecessors
}

/** The vertices that can be reached from some, these included, along the given neighbours. */
export function reachedFrom(
  beginnings: readonly number[],
  neighboursOf: (vertex: number) => readonly number[],
): ReadonlySet<number> {
  const reached = new Set(beginnings)
  for (const vertex of reached) for (const next of neighboursOf(vertex)) reached.add(next)
  return reached
}
