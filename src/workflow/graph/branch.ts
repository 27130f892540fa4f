import { SygraError } from '../../errors.ts'
import type { CompiledGraph } from './compile-graph.ts'
import { writeNews } from './reducer.ts'
import { copyState, type State } from './state.ts'

/** A place in which a record is. Branches do not see each other's writes until they join. */
export interface Branch {
  /** Its own: no other branch has this object. */
  readonly state: State
  /** What was written since the record was last in one place only, in order. */
  readonly writes: Write[]
}

/** What one pass through a node wrote. */
export interface Write {
  readonly node: number
  /** Which of the node's passes it was, from 1. */
  readonly visit: number
  readonly news: Readonly<State>
}

/** Another branch from the same place. */
export function forkBranch({ state, writes }: Branch): Branch {
  return { state: copyState(state), writes: [...writes] }
}

/**
 * Joins branches, given in the order in which their writes are combined: what each has written and the ones before it have
 * not seen is written to the state of the first.
 *
 * @throws SygraError `bad_config` when two of them wrote different values to a key that has no reducer.
 */
export function joinBranches(branches: readonly [Branch, ...Branch[]], graph: CompiledGraph): Branch {
  const [first, ...others] = branches
  if (others.length === 0) return first
  const { state } = first
  const joined = new Set(first.writes)
  const lastWrite = new Map<string, Write>()
  for (const write of first.writes) for (const key of Object.keys(write.news)) lastWrite.set(key, write)
  for (const { writes } of others) {
    const seen = new Set(writes)
    for (const write of writes) {
      if (joined.has(write)) continue
      joined.add(write)
      const isUnseen = (earlier: Write) => !seen.has(earlier)
      writeNews(state, combinable(write, { lastWrite, isUnseen, graph }), graph.reducers)
    }
  }
  return { state, writes: [...joined] }
}

/** The part of a write that goes into the joined state; of two passes of one node the later one counts. */
function combinable(
  write: Write,
  {
    lastWrite,
    isUnseen,
    graph,
  }: {
    readonly lastWrite: Map<string, Write>
    readonly isUnseen: (write: Write) => boolean
    readonly graph: CompiledGraph
  },
): Readonly<State> {
  const part: State = {}
  for (const [key, value] of Object.entries(write.news)) {
    const earlier = lastWrite.get(key)
    if (earlier !== undefined && isUnseen(earlier) && !graph.reducers.has(key)) {
      if (earlier.node === write.node && earlier.visit > write.visit) continue
      if (earlier.node !== write.node && !Object.is(earlier.news[key], value)) throw clash(key, earlier, write, graph)
    }
    lastWrite.set(key, write)
    part[key] = value
  }
  return part
}

function clash(key: string, earlier: Write, later: Write, { nodes }: CompiledGraph): SygraError {
  const names = [earlier, later].map(({ node }) => `"${nodes[node]?.name}"`)
  return new SygraError(
    'bad_config',
    `nodes ${names.join(' and ')} ran in parallel and both wrote "${key}"; let them write different keys, or set graph_properties.reducers.${key}`,
  )
}
