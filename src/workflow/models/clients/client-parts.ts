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
 * Loads a package that only some models need.
 *
 * @param name the package with its version, as `npm install` takes it.
 * @throws SygraError `missing_package` that says what to install.
 */
export async function loadPackage<Module>(
  importModule: () => Promise<Module>,
  name: string,
  model: ResolvedModel,
): Promise<Module> {
  try {
    return await importModule()
  } catch (error) {
    throw new SygraError(
      'missing_package',
      `model "${model.name}" (${model.type}) needs the package ${name}: npm install ${name}`,
      { cause: error },
    )
  }
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
