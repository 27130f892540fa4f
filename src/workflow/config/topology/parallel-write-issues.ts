import type { ConfigIssue } from '../config-issue.ts'
import { reducerNames } from '../graph-properties.ts'
import type { GraphShape } from './graph-shape.ts'
import { successorsOf, type Topology, vertexOrderOf } from './topology.ts'

/** State keys that two branches may write at once, which only a reducer can combine. */
export function parallelWriteIssuesOf(shape: GraphShape, topology: Topology): readonly ConfigIssue[] {
  if (!topology.exits.some((exits) => exits.length > 1)) return []
  const order = vertexOrderOf(topology)
  const forward = topology.names.map((_name, vertex) =>
    successorsOf(topology, vertex).filter((next) => (order[next] ?? -1) > (order[vertex] ?? -1)),
  )
  return [...writersByKey(shape)].flatMap(([key, writers]) => {
    if (writers.size < 2 || shape.reducedKeys.has(key)) return []
    const pair = clashingPair(topology, { order, forward, writers })
    return pair === undefined ? [] : [clash(shape, key, pair)]
  })
}

function writersByKey(shape: GraphShape): ReadonlyMap<string, ReadonlySet<number>> {
  const writers = new Map<string, Set<number>>()
  shape.nodes.forEach(({ outputKeys, isIdle }, vertex) => {
    if (isIdle) return
    for (const key of outputKeys) writers.set(key, (writers.get(key) ?? new Set()).add(vertex))
  })
  return writers
}

interface Search {
  readonly order: readonly number[]
  readonly forward: readonly (readonly number[])[]
  readonly writers: ReadonlySet<number>
}

/** Where two branches stand, and which node of each wrote the key last on the way there; -1 for none. */
interface Pair {
  readonly left: number
  readonly right: number
  readonly leftWriter: number
  readonly rightWriter: number
}

/**
 * Follows every pair of branches from where they part until they meet: always the one that is behind goes on, so that they
 * meet where a run would join them. Gives two nodes whose writes meet.
 */
function clashingPair(topology: Topology, search: Search): readonly [number, number] | undefined {
  const pairs = partingsIn(topology, search)
  const seen = new Set<string>()
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { left, right, leftWriter, rightWriter } = pair
    if (left === right && leftWriter >= 0 && rightWriter >= 0) return [leftWriter, rightWriter]
    const name = [left, right, leftWriter, rightWriter].join()
    if (left === right || seen.has(name)) continue
    seen.add(name)
    pairs.push(...stepsOf(pair, search))
  }
  return undefined
}

function stepsOf(pair: Pair, { order, forward, writers }: Search): readonly Pair[] {
  const { left, right } = pair
  const after = (vertex: number, before: number) => (writers.has(vertex) ? vertex : before)
  if ((order[left] ?? 0) < (order[right] ?? 0)) {
    return (forward[left] ?? []).map((next) => ({ ...pair, left: next, leftWriter: after(left, pair.leftWriter) }))
  }
  return (forward[right] ?? []).map((next) => ({ ...pair, right: next, rightWriter: after(right, pair.rightWriter) }))
}

function partingsIn({ exits }: Topology, { order }: Search): Pair[] {
  return exits.flatMap((leaving, vertex) => {
    const isForward = (target: number) => (order[target] ?? -1) > (order[vertex] ?? -1)
    const targets = leaving.map((exit) => exit.targets.filter(isForward))
    return targets.flatMap((some, index) =>
      targets
        .slice(index + 1)
        .flatMap((others) =>
          some.flatMap((left) => others.map((right) => ({ left, right, leftWriter: -1, rightWriter: -1 }))),
        ),
    )
  })
}

function clash(shape: GraphShape, key: string, [left, right]: readonly [number, number]): ConfigIssue {
  const first = shape.nodes[Math.min(left, right)]?.name ?? ''
  const second = shape.nodes[Math.max(left, right)]?.name ?? ''
  return {
    code: 'bad_config',
    path: ['graph_config', 'nodes', second, 'output_keys'],
    message:
      `nodes "${first}" and "${second}" run in parallel and both write "${key}"; ` +
      `expected different output_keys, or graph_properties.reducers.${key}: ${reducerNames.join(' | ')} | ./file.ts#export`,
  }
}
