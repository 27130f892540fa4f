import { NodeBuilder } from '../node-builder.ts'
import type { LambdaNodeConfig } from './lambda.ts'

/** Describes a lambda node. */
export class LambdaNodeBuilder extends NodeBuilder {
  readonly #config: LambdaNodeConfig

  constructor(config: LambdaNodeConfig) {
    super(config)
    this.#config = config
  }

  /** The state keys that the function writes; with one key it may give the bare value. */
  outputKeys(...keys: readonly string[]): this {
    this.#config.output_keys = keys.length === 1 ? keys[0] : [...keys]
    return this
  }

  /** A setting of the function's own, which it finds in its second parameter. */
  setting(name: string, value: unknown): this {
    this.#config[name] = value
    return this
  }
}
