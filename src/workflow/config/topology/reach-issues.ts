import type { ConfigIssue } from '../config-issue.ts'
import { end, start } from './graph-ends.ts'
import type { GraphShape } from './graph-shape.ts'
import { predecessorsIn, reachedFrom, successorsOf, type Topology } from './topology.ts'

/** Nodes that no record comes to, and places from which no record comes to END. */
export function reachIssuesOf(shape: GraphShape, topology: Topology): readonly ConfigIssue[] {
  const predecessors = predecessorsIn(topology)
  const next = (vertex: number) => successorsOf(topology, vertex)
  const entered = reachedFrom([topology.start], next)
  const canEnd = reachedFrom([topology.end], (vertex) => predecessors[vertex] ?? [])
  const stuck = [...entered].filter((vertex) => !canEnd.has(vertex)).sort((a, b) => a - b)
  return [
    ...shape.nodes.flatMap(({ name, isIdle }, vertex) => (entered.has(vertex) || isIdle ? [] : [neverReached(name)])),
    ...trapsIn(stuck, next).map((trap) => withoutEnd(trap.map((vertex) => topology.names[vertex] ?? ''))),
  ]
}

/** Of the vertices that never come to END the groups that are to blame: each leads to nothing but itself. */
function trapsIn(
  stuck: readonly number[],
  next: (vertex: number) => readonly number[],
): readonly (readonly number[])[] {
  const traps: (readonly number[])[] = []
  for (const vertex of stuck) {
    if (traps.some((trap) => trap.includes(vertex))) continue
    const ahead = reachedFrom([vertex], next)
    const isTrap = [...ahead].every((other) => reachedFrom([other], next).has(vertex))
    if (isTrap) traps.push([...ahead].sort((a, b) => a - b))
  }
  return traps
}

function neverReached(name: string): ConfigIssue {
  return {
    code: 'unknown_edge',
    path: ['graph_config', 'nodes', name],
    at: 'key',
    message: `node "${name}" is never reached from ${start}; expected an edge that leads to it, or node_state: idle`,
  }
}

function withoutEnd(names: readonly string[]): ConfigIssue {
  const [first = ''] = names
  return {
    code: 'unreachable_end',
    path: first === start ? ['graph_config', 'edges'] : ['graph_config', 'nodes', first],
    at: 'key',
    message: `${whatTheyDo(names)} and never reaches ${end}; expected an edge that leads out`,
  }
}

function whatTheyDo(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`).join(', ')
  return names.length === 1 ? `node ${quoted} leads nowhere else` : `the loop of ${quoted} has no exit`
}
