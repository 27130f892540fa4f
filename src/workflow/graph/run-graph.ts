import type { CompiledGraph, CompiledNode, ConditionalEdge } from './compile-graph.ts'
import { runBranches } from './run-branches.ts'
import { runSequence } from './run-sequence.ts'
import type { State, StateUpdate } from './state.ts'

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

/**
 * Takes a record through a graph and gives its state at END. What a node throws goes on unchanged, once the nodes that run
 * beside it are done.
 *
 * @throws SygraError `loop_limit`, `unknown_edge` when a condition gives no known path, `bad_config` when parallel branches
 * wrote the same key.
 */
export function runGraph(run: GraphRun): Promise<State> {
  return run.graph.isSequential ? runSequence(run) : runBranches(run)
}
