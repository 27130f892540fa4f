import type { State, StateUpdate } from '../graph/state.ts'

/** What a node does to a record's state; made once per run, called once per pass of a record. */
export interface NodeExecutor {
  /** `node_type` in the metadata. */
  readonly type: string
  /** The model the metadata names for the node, where there is one. */
  readonly model?: string
  readonly execute: (state: State, context: NodeContext) => StateUpdate | Promise<StateUpdate>
}

export interface NodeContext {
  readonly signal?: AbortSignal
  /** Free values given to the run. */
  readonly runArgs: Readonly<Record<string, unknown>>
}
