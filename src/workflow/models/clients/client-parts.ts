import { SygraError } from '../../../errors.ts'
import type { ModelAddress } from '../model-addresses.ts'
import type { ResolvedModel } from '../resolve-model.ts'

/** What a client of a service is made from. */
export interface ClientParts {
  readonly model: ResolvedModel
  readonly address: ModelAddress
  /** Sends what the client asks; it is tracked, so that it does not depend on the global one. */
  readonly fetch: typeof globalThis.fetch
}

/**
 * The error for a package that only some models need and that could not be loaded: it says what to install. The import itself
 * stands in a `try` in each client, by which all bundlers know that the package may be absent.
 */
export function missingPackage(name: string, model: ResolvedModel, cause: unknown): SygraError {
  const text = `model "${model.name}" (${model.type}) needs the package ${name}: npm install ${name}`
  return new SygraError('missing_package', text, { cause })
}

/** A fetch that changes the JSON object that is sent; what is no JSON object is sent as it is. */
export function changingBody(
  fetch: typeof globalThis.fetch,
  change: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): typeof globalThis.fetch {
  return (input, init) => {
    const body = objectIn(init?.body)
    return fetch(input, body === undefined ? init : { ...init, body: JSON.stringify(change(body)) })
  }
}

function objectIn(body: unknown): Record<string, unknown> | undefined {
  if (typeof body !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
