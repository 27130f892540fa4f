import { SygraError } from '../../errors.ts'
import type { FunctionReference, MethodsClass } from '../config/function-reference.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'
import { isClass, type ModuleLoader } from '../module-loader.ts'
import type { UserFunction } from '../nodes/node-kind.ts'

/** What a task makes its rows with: a function, or a class that makes them or has the methods that the output map names. */
export interface OutputGenerator {
  /** Undefined for a class that only has methods. */
  readonly makeRow: UserFunction | undefined
  /**
   * A method of the class.
   *
   * @throws SygraError `bad_function` when it has no method of that name.
   */
  readonly method: (name: string, where: string) => UserFunction
}

/** Loads the generator of a task. */
export async function loadGenerator(
  generator: FunctionReference | MethodsClass,
  { modules, where }: { readonly modules: ModuleLoader; readonly where: string },
): Promise<OutputGenerator> {
  const given: unknown = typeof generator === 'string' ? await modules.export(generator, where) : generator
  const instance: unknown = isClass(given) ? Reflect.construct(given, []) : given
  const label = typeof generator === 'string' ? generator : `the generator ${generator.name}`
  if (typeof instance === 'function') {
    const makeRow: UserFunction = (...parameters) => Reflect.apply(instance, undefined, parameters)
    return { makeRow, method: (name, place) => noMethods(name, { label, where: place }) }
  }
  if (typeof instance !== 'object' || instance === null) {
    throw new SygraError('bad_function', `${where}: ${label} is no function and no class`)
  }
  const makeRow = methodOf(instance, 'apply') ?? methodOf(instance, 'generate')
  return {
    makeRow,
    method(name, place) {
      const method = methodOf(instance, name)
      if (method !== undefined) return method
      const names = methodNamesOf(instance)
      const known = names.length > 0 ? `; expected ${oneOf(names)}${didYouMean(name, names)}` : '; it has no methods'
      throw new SygraError('bad_function', `${place}: ${label} has no method "${name}"${known}`)
    },
  }
}

function noMethods(name: string, { label, where }: { readonly label: string; readonly where: string }): never {
  throw new SygraError('bad_function', `${where}: ${label} is a function, so it has no method "${name}"; write a class`)
}

function methodOf(instance: object, name: string): UserFunction | undefined {
  const method: unknown = name === 'constructor' ? undefined : Reflect.get(instance, name)
  return typeof method === 'function' ? (...parameters) => Reflect.apply(method, instance, parameters) : undefined
}

function methodNamesOf(instance: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(instance)
  const own = Object.getOwnPropertyNames(instance)
  const inherited = typeof prototype === 'object' && prototype !== null ? Object.getOwnPropertyNames(prototype) : []
  return [...new Set([...own, ...inherited])].filter((name) => methodOf(instance, name) !== undefined)
}
