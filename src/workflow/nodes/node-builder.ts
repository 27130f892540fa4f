import type { ApplyClass } from '../config/function-reference.ts'

/** What every node can be told. */
export class NodeBuilder {
  readonly #config: { node_state?: 'active' | 'idle' | undefined; summary?: string | undefined }

  constructor(config: { node_state?: 'active' | 'idle' | undefined; summary?: string | undefined }) {
    this.#config = config
  }

  /** Passes the node over, or not; its edges hold. */
  idle(isIdle = true): this {
    this.#config.node_state = isIdle ? 'idle' : 'active'
    return this
  }

  /** A sentence on what the node is for. */
  summary(text: string): this {
    this.#config.summary = text
    return this
  }
}

/**
 * A function in one of the forms that a workflow takes: itself, a class with the method `apply`, or `./file.ts#export`
 * relative to the task's folder.
 */
export type Given<Run> = Run | ApplyClass | string
