import type { FunctionReference } from '../graph/function-reference.ts'
import type { ModelBlock } from '../graph/model-block.ts'
import type { ModelClient } from '../models/model-client.ts'

/** What a node is made of besides its own configuration. */
export interface NodeParts {
  readonly name: string
  /** Place of the node, for errors. */
  readonly where: string
  readonly model: (block: ModelBlock) => Promise<ModelClient>
  readonly function: (reference: FunctionReference | undefined, key: string) => Promise<UserFunction | undefined>
}

/** A function of the user's, called with whatever its place gives it. */
export type UserFunction = (...parameters: unknown[]) => unknown
