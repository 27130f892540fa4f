import { predecessorsIn, reachedFrom, successorsOf, type Topology } from '../config/topology/topology.ts'

/** When a vertex that several edges lead to may begin: not while a branch is at a vertex that is marked here. */
export interface JoinRule {
  /** By vertex, 1 where a node that runs is waited for. */
  readonly running: Uint8Array
  /** By vertex, 1 where a branch that waits is waited for. */
  readonly waiting: Uint8Array
}

/**
 * The rules of all joins. A join waits for every branch that may still come to it, by whatever path. The one exception are
 * paths that lead through a join further on: that one waits for this one, so nothing comes back from there before.
 */
export function joinRulesOf(topology: Topology, order: readonly number[]): readonly (JoinRule | undefined)[] {
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
