import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, resolve } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import type { AnyFunction, FunctionReference } from './config/function-reference.ts'
import { didYouMean, oneOf } from './config/nearest-name.ts'

/** Gives what the TypeScript files of a task export. Files are loaded without a build step, each once. */
export interface ModuleLoader {
  /** What `./file.ts#export` names. */
  readonly export: (reference: string, where: string) => Promise<unknown>
  /** Everything that `./file.ts` exports, by name. */
  readonly all: (file: string, where: string) => Promise<Readonly<Record<string, unknown>>>
}

/** A loader of files that are named relative to a task's folder. */
export function createModuleLoader(directory: string): ModuleLoader {
  const modules = new Map<string, Promise<Record<string, unknown>>>()
  const all = async (file: string, where: string) => {
    const path = pathOf(file, directory, where)
    let loading = modules.get(path)
    if (loading === undefined) {
      loading = importModule(path, where)
      modules.set(path, loading)
    }
    return loading
  }
  return {
    all,
    async export(reference, where) {
      const [file, name] = reference.split('#')
      if (!file || !name) {
        throw new SygraError('bad_function', `${where}: "${reference}" names no export; write ./file.ts#export`)
      }
      const exported = await all(file, where)
      if (exported[name] !== undefined) return exported[name]
      throw notExported({ name, path: pathOf(file, directory, where), names: Object.keys(exported), where })
    },
  }
}

function pathOf(file: string, directory: string, where: string): string {
  const path = isAbsolute(file) ? file : resolve(directory, file)
  if (existsSync(path)) return path
  const complete = ['.ts', '.js', '.mjs', '.cjs', '.mts']
    .map((end) => path + end)
    .find((candidate) => existsSync(candidate))
  const hint = complete === undefined ? '' : `; did you mean "${file}${complete.slice(path.length)}"?`
  throw new SygraError('bad_function', `${where}: ${path} does not exist${hint}`)
}

async function importModule(path: string, where: string): Promise<Record<string, unknown>> {
  try {
    // As CommonJS, which it is: an import would read all of it for the names that it exports, and take as long as the rest.
    const { createJiti } = createRequire(import.meta.url)('jiti') as typeof import('jiti')
    const jiti = createJiti(import.meta.url, { moduleCache: true, fsCache: true })
    return await jiti.import<Record<string, unknown>>(path)
  } catch (error) {
    throw new SygraError('bad_function', `${where}: ${path} cannot be loaded: ${reasonOf(error, path)}`, {
      cause: error,
    })
  }
}

/** Why a file cannot be loaded, on one line: a mistake in it with its place, or what it imports and is not there. */
function reasonOf(error: unknown, path: string): string {
  const [first = '', second = ''] = messageOf(error).split('\n')
  const [, missing] = /^Cannot find (?:module|package) '([^']+)'/.exec(first) ?? []
  if (missing !== undefined) return `it imports "${missing}", which is not there${remedyFor(missing)}`
  const [, place] = /^\s*(\S.*:\d+:\d+)$/.exec(second) ?? []
  // What is told of a mistake in the file itself, or in one that it imports.
  const at =
    place === undefined ? '' : place.startsWith(`${path}:`) ? ` at ${place.slice(path.length + 1)}` : ` at ${place}`
  return `${first.trim().replace(/^ParseError: /, '')}${at}`
}

function remedyFor(specifier: string): string {
  if (/^(?:[./#~]|@\/|[a-z]:|\w+:)/i.test(specifier)) return '; check how it is written'
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return `; install it: npm install ${name}`
}

function notExported({
  name,
  path,
  names,
  where,
}: {
  readonly name: string
  readonly path: string
  readonly names: readonly string[]
  readonly where: string
}): SygraError {
  const known = names.length > 0 ? ` It exports ${oneOf(names)}.` : ' It exports nothing.'
  const hint = didYouMean(name, names)
  return new SygraError('bad_function', `${where}: ${path} does not export "${name}"${hint || `.${known}`}`)
}

/** Gives the function that a task refers to. */
export type FunctionLoader = (reference: FunctionReference, where: string) => Promise<AnyFunction>

/**
 * A loader of functions named as `./file.ts#export`, relative to a task's folder. TypeScript is loaded without a build
 * step. A class with a method `apply`, its own or a static one, counts as that method. Functions given directly are kept.
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
  return typeof value === 'function' && !isClass(value) ? (value as AnyFunction) : methodsOf(value)('apply')
}

/** Gives the method of that name, bound to what it belongs to; undefined when there is none. */
export type MethodFinder = (name: string) => AnyFunction | undefined

/**
 * The methods of an object, or of a class: those of one new instance, else the static ones, as ported functions often are.
 *
 * @param parameters what the instance is constructed with.
 */
export function methodsOf(value: unknown, parameters: readonly unknown[] = []): MethodFinder {
  if (!isClass(value)) return (name) => (isObject(value) ? memberOf(value, name) : undefined)
  let instance: object | undefined
  return (name) => {
    const own = memberOf(value, name)
    // A class of static methods alone need not be constructed, nor can it always be.
    if (own !== undefined && !(name in value.prototype)) return own
    instance ??= Reflect.construct(value, parameters)
    return memberOf(instance, name)
  }
}

function memberOf(holder: object, name: string): AnyFunction | undefined {
  const member: unknown = Reflect.get(holder, name)
  // What every function and every object has is not meant.
  const isEverywhere = name === 'constructor' || member === Reflect.get(Function.prototype, name)
  return typeof member !== 'function' || isEverywhere ? undefined : member.bind(holder)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** True for a class, which must be constructed before any of it can be called. */
export function isClass(
  value: unknown,
): value is (new (...parameters: unknown[]) => object) & { readonly prototype: object } {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}
