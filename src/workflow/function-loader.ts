import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { messageOf, SygraError } from '../errors.ts'
import type { AnyFunction, FunctionReference } from './graph/function-reference.ts'

/** Gives the function that a task refers to. */
export type FunctionLoader = (reference: FunctionReference, where: string) => Promise<AnyFunction>

/**
 * A loader of functions named as `./file.ts#export`, relative to a task's folder. TypeScript is loaded without a build
 * step. A class with a method `apply` counts as that method of one new instance. Functions given directly are kept.
 */
export function createFunctionLoader(directory: string): FunctionLoader {
  const modules = new Map<string, Promise<Record<string, unknown>>>()
  return async (reference, where) => {
    if (typeof reference === 'function') return asFunction(reference) ?? reference
    const { path, name } = splitReference(reference, directory, where)
    let loading = modules.get(path)
    if (loading === undefined) {
      loading = importModule(path, where)
      modules.set(path, loading)
    }
    const exported = (await loading)[name]
    if (exported === undefined) throw notExported(name, path, { names: Object.keys(await loading), where })
    const found = asFunction(exported)
    if (found === undefined) {
      throw new SygraError('bad_function', `${where}: "${name}" of ${path} is no function and no class with "apply"`)
    }
    return found
  }
}

function splitReference(reference: string, directory: string, where: string): { path: string; name: string } {
  const [file, name] = reference.split('#')
  if (!file || !name) {
    throw new SygraError('bad_function', `${where}: "${reference}" names no function; write ./file.ts#export`)
  }
  const path = isAbsolute(file) ? file : resolve(directory, file)
  if (!existsSync(path)) throw new SygraError('bad_function', `${where}: ${path} does not exist`)
  return { path, name }
}

async function importModule(path: string, where: string): Promise<Record<string, unknown>> {
  try {
    const { createJiti } = await import('jiti')
    const jiti = createJiti(import.meta.url, { moduleCache: true, fsCache: true })
    return await jiti.import<Record<string, unknown>>(path)
  } catch (error) {
    throw new SygraError('bad_function', `${where}: ${path} cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
}

function asFunction(value: unknown): AnyFunction | undefined {
  if (typeof value !== 'function') return hasApply(value) ? value.apply.bind(value) : undefined
  const prototype: unknown = value.prototype
  if (!hasApply(prototype) || !/^class\b/.test(Function.prototype.toString.call(value))) return value as AnyFunction
  const instance: unknown = Reflect.construct(value, [])
  return hasApply(instance) ? instance.apply.bind(instance) : undefined
}

function hasApply(value: unknown): value is { apply: AnyFunction } {
  return typeof value === 'object' && value !== null && 'apply' in value && typeof value.apply === 'function'
}

function notExported(
  name: string,
  path: string,
  { names, where }: { readonly names: readonly string[]; readonly where: string },
): SygraError {
  const nearest = names.length > 0 ? closest(name, [...names]) : undefined
  const hint = nearest !== undefined && distance(name, nearest) <= 3 ? `; did you mean "${nearest}"?` : ''
  const known = names.length > 0 ? ` It exports ${names.join(', ')}.` : ' It exports nothing.'
  return new SygraError('bad_function', `${where}: ${path} does not export "${name}"${hint}${hint ? '' : known}`)
}
