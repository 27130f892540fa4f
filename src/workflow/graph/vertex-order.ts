import { successorsOf, type Topology } from './topology.ts'

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
