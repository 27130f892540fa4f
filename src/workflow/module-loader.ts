import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import { didYouMean, oneOf } from './graph/nearest-name.ts'

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
  throw new SygraError('bad_function', `${where}: ${path} does not exist`)
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
