import type { ModelAddress } from '../model-addresses.ts'
import type { ResolvedModel } from '../resolve-model.ts'

/** What a client of a service is made from. */
export interface ClientParts {
  readonly model: ResolvedModel
  readonly address: ModelAddress
  /** Sends what the client asks; it is tracked, so that it does not depend on the global one. */
  readonly fetch: typeof globalThis.fetch
}
