import { SygraError } from '../../errors.ts'
import { describeValue } from '../config/config-value.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'
import type { CompiledExit, CompiledGraph, CompiledNode, ConditionalEdge } from './compile-graph.ts'
import { isStateMap, type State, type StateUpdate } from './state.ts'

/** The way of one record through a graph, and what its steps are done with. */
export interface GraphRun {
  readonly graph: CompiledGraph
  /** What the record begins with; it is not changed. */
  readonly state: Readonly<State>
  /** Runs a node. The state it gets is its own copy: only what it gives back is written. */
  readonly execute: (node: CompiledNode, state: State) => Promise<StateUpdate> | StateUpdate
  /** Gives the key of the path map to follow. */
  readonly decide: (edge: ConditionalEdge, state: State) => Promise<string> | string
  /** How often one node may run; that of the graph by default. */
  readonly loopLimit?: number
  /** Looked at before each node; a node that runs is waited for. */
  readonly signal?: AbortSignal
}

/** The vertex that a condition chose. */
export function targetOf(exit: Extract<CompiledExit, { type: 'conditional' }>, choice: string): number {
  const target = exit.targets.get(choice)
  if (target !== undefined) return target
  const { from, choices } = exit.edge
  const found = describeValue(choice)
  throw new SygraError(
    'unknown_edge',
    `the condition after "${from}" gave ${found}; expected ${oneOf(choices)}${didYouMean(String(choice), choices)}`,
  )
}

/** What a node gave, as something that can be written to the state; nothing is an empty map. */
export function checkUpdate(update: unknown, node: string): Readonly<State> {
  if (update === undefined || update === null) return nothing
  if (isStateMap(update)) return checkKeys(update, node)
  throw new SygraError(
    'bad_function',
    `node "${node}" gave ${describeValue(update)}; expected a map of state keys, or nothing`,
  )
}

// Copying the map would take such a key for the prototype of the copy, and drop it.
function checkKeys(update: Readonly<State>, node: string): Readonly<State> {
  if (!Object.hasOwn(update, '__proto__')) return update
  throw new SygraError('bad_function', `node "${node}" gave a key "__proto__", which cannot be carried; rename it`)
}

const nothing: Readonly<State> = Object.freeze({})

/** The error of a node that would run once more than it may. */
export function loopLimitReached(node: string, limit: number): SygraError {
  const times = limit === 1 ? 'once' : `${limit} times`
  return new SygraError(
    'loop_limit',
    `node "${node}" has run ${times} for one record; let its loop end earlier, or raise graph_properties.max_loops`,
  )
}
