import { SygraError } from '../errors.ts'
import type { AnyFunction, FunctionReference } from './graph/function-reference.ts'
import { createModuleLoader, type ModuleLoader } from './module-loader.ts'

/** Gives the function that a task refers to. */
export type FunctionLoader = (reference: FunctionReference, where: string) => Promise<AnyFunction>

/**
 * A loader of functions named as `./file.ts#export`, relative to a task's folder. TypeScript is loaded without a build
 * step. A class with a method `apply` counts as that method of one new instance. Functions given directly are kept.
 */
export function createFunctionLoader(
  directory: string,
  modules: ModuleLoader = createModuleLoader(directory),
): FunctionLoader {
  return async (reference, where) => {
    const isDirect = typeof reference === 'function'
    const found = asFunction(isDirect ? reference : await modules.export(reference, where))
    if (found !== undefined) return found
    const name = isDirect ? `class ${reference.name}` : reference
    throw new SygraError('bad_function', `${where}: ${name} is no function and no class with "apply"`)
  }
}

function asFunction(value: unknown): AnyFunction | undefined {
  if (typeof value !== 'function') return hasApply(value) ? value.apply.bind(value) : undefined
  if (!isClass(value)) return value as AnyFunction
  const instance: unknown = Reflect.construct(value, [])
  return hasApply(instance) ? instance.apply.bind(instance) : undefined
}

/** True for a class, which must be constructed before any of it can be called. */
export function isClass(value: unknown): value is abstract new () => object {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

function hasApply(value: unknown): value is { apply: AnyFunction } {
  return typeof value === 'object' && value !== null && 'apply' in value && typeof value.apply === 'function'
}
