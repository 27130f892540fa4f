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

/**
 * The order of a graph without the edges that close its loops: for each vertex its position, END last; -1 where START does
 * not lead. Which edge closes a loop is seen by walking from START in declared order; of vertices that no path orders, the
 * one declared first comes first.
 */
export function vertexOrderOf(topology: Topology): readonly number[] {
  const successors = topology.names.map((_name, vertex) => successorsOf(topology, vertex))
  const finished = walk(topology.start, successors)
  const forward = (vertex: number) =>
    (successors[vertex] ?? []).filter((next) => (finished[next] ?? 0) < (finished[vertex] ?? 0))
  return declaredFirst(topology, finished, forward)
}

/** When a walk in depth leaves each vertex for good: an edge to one that is left later closes a loop. -1: never entered. */
function walk(start: number, successors: readonly (readonly number[])[]): readonly number[] {
  const finished = successors.map(() => -1)
  const entered = new Set([start])
  const stack = [{ vertex: start, next: 0 }]
  let clock = 0
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = successors[top.vertex]?.[top.next]
    top.next += 1
    if (target === undefined) {
      finished[top.vertex] = clock
      clock += 1
      stack.pop()
    } else if (!entered.has(target)) {
      entered.add(target)
      stack.push({ vertex: target, next: 0 })
    }
  }
  return finished
}

function declaredFirst(
  { names, start, end }: Topology,
  finished: readonly number[],
  forward: (vertex: number) => readonly number[],
): readonly number[] {
  const waitsFor = names.map(() => 0)
  names.forEach((_name, vertex) => {
    if ((finished[vertex] ?? -1) < 0) return
    for (const next of forward(vertex)) waitsFor[next] = (waitsFor[next] ?? 0) + 1
  })
  const order = names.map(() => -1)
  const ready = [start]
  for (let position = 0; ready.length > 0; position += 1) {
    // END is taken only when nothing else is left.
    const vertex = ready.reduce((first, other) => (first === end || (other !== end && other < first) ? other : first))
    ready.splice(ready.indexOf(vertex), 1)
    order[vertex] = position
    for (const next of forward(vertex)) {
      waitsFor[next] = (waitsFor[next] ?? 0) - 1
      if (waitsFor[next] === 0) ready.push(next)
    }
  }
  return order
}
