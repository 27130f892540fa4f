import { SygraError } from '../../errors.ts'
import type { FunctionReference, MethodsClass } from '../config/function-reference.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'
import { isClass, type MethodFinder, type ModuleLoader, methodsOf } from '../module-loader.ts'
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
  const label = typeof generator === 'string' ? generator : `the generator ${generator.name}`
  if (typeof given === 'function' && !isClass(given)) {
    const makeRow: UserFunction = (...parameters) => Reflect.apply(given, undefined, parameters)
    return { makeRow, method: (name, place) => noMethods(name, { label, where: place }) }
  }
  if (!isClass(given) && (typeof given !== 'object' || given === null)) {
    throw new SygraError('bad_function', `${where}: ${label} is no function and no class`)
  }
  const find = methodsOf(given)
  return {
    makeRow: (find('apply') ?? find('generate')) as UserFunction | undefined,
    method(name, place) {
      const method = find(name) as UserFunction | undefined
      if (method !== undefined) return method
      const names = methodNamesOf(given, find)
      const known = names.length > 0 ? `; expected ${oneOf(names)}${didYouMean(name, names)}` : '; it has no methods'
      throw new SygraError('bad_function', `${place}: ${label} has no method "${name}"${known}`)
    },
  }
}

function noMethods(name: string, { label, where }: { readonly label: string; readonly where: string }): never {
  throw new SygraError('bad_function', `${where}: ${label} is a function, so it has no method "${name}"; write a class`)
}

function methodNamesOf(given: object, find: MethodFinder): string[] {
  const prototype: unknown = isClass(given) ? given.prototype : Object.getPrototypeOf(given)
  const inherited = typeof prototype === 'object' && prototype !== null ? Object.getOwnPropertyNames(prototype) : []
  return [...new Set([...Object.getOwnPropertyNames(given), ...inherited])].filter((name) => find(name) !== undefined)
}
