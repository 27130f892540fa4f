import type { LambdaNodeConfig } from '../graph/node-config.ts'

/** Describes a lambda node. */
export class LambdaNodeBuilder {
  readonly #config: LambdaNodeConfig

  constructor(config: LambdaNodeConfig) {
    this.#config = config
  }

  /** The state keys that the function writes; with one key it may give the bare value. */
  outputKeys(...keys: readonly string[]): this {
    this.#config.output_keys = [...keys]
    return this
  }
}
