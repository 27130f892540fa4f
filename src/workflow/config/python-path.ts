import { isAbsolute, relative, resolve, sep } from 'node:path'

/** A class or function as the Python system names it, by the dotted path of its module. */
export interface PythonPath {
  readonly modules: readonly string[]
  readonly name: string
}

/** The parts of a dotted path such as `tasks.demo.task_executor.Name`; undefined for what is none. */
export function pythonPathOf(text: unknown): PythonPath | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(text)) return undefined
  const parts = text.split('.')
  return { modules: parts.slice(0, -1), name: parts.at(-1) ?? '' }
}

/** Names of the Python system's own that have no counterpart, and what to do instead. */
const withoutCounterpart: Readonly<Record<string, string>> = {
  SemanticDedupPostProcessor: 'semantic deduplication is not there: write a processor that compares the rows',
  UnitMetrics: "SyGra's evaluation metrics are not there: write a function that compares the keys",
  MetricCollatorPostProcessor: "SyGra's evaluation metrics are not there: write a processor that sums the rows up",
  AddRetryFieldsTransform:
    'retries with an injected prompt are not there: loop with a condition, and write the fields with AddNewFieldTransform',
}

/** True for what the Python system has and this one has not. */
export function hasNoCounterpart({ name }: PythonPath): boolean {
  return Object.hasOwn(withoutCounterpart, name)
}

/** True for a path into the Python package itself: what it names is not ported, a function of the user's stands in for it. */
export function isOwnOfSygra({ modules: [first, second] }: PythonPath): boolean {
  return first === 'sygra' && second !== 'recipes' && second !== 'internal'
}

/**
 * What a dotted path is called here, `../../utils.ts#UnitMetrics`, relative to the folder of the task that names it. What
 * belongs to the Python package itself is looked for in the task's own folder, where a stand-in for it belongs.
 */
export function portedReference(path: PythonPath, directory: string): string {
  const { modules, name } = path
  return `${portedFile(isOwnOfSygra(path) ? modules.slice(-1) : modules, directory)}#${name}`
}

function portedFile(modules: readonly string[], directory: string): string {
  const file = `${modules.at(-1)}.ts`
  if (modules.length === 1) return `./${file}`
  const root = rootOfModules(resolve(directory), modules[0])
  const target =
    root === undefined ? undefined : relative(resolve(directory), resolve(root, ...modules.slice(0, -1), file))
  if (target === undefined || isAbsolute(target)) return `./${file}`
  const path = target.split(sep).join('/')
  return path.startsWith('.') ? path : `./${path}`
}

/**
 * The folder that modules are named from: the one that holds the package `first`, else `tasks` or `sygra`. Undefined where a
 * folder is in none of them.
 */
export function rootOfModules(directory: string, first?: string): string | undefined {
  const steps = directory.split(sep)
  const placeOf = (name: string) => steps.lastIndexOf(name)
  const ofPackage = first === undefined ? -1 : placeOf(first)
  // The last of them: the repository itself may lie in a folder of such a name.
  const at = ofPackage > 0 ? ofPackage : Math.max(placeOf('tasks'), placeOf('sygra'))
  return at <= 0 ? undefined : steps.slice(0, at).join(sep) || sep
}

/** What to say of a dotted path where `./file.ts#export` was expected; nothing for what is no such path. */
export function pythonHint(found: unknown, directory: string): string {
  const path = pythonPathOf(found)
  if (path === undefined) return ''
  const reference = portedReference(path, directory)
  if (hasNoCounterpart(path))
    return `; ${withoutCounterpart[path.name]}, such as ${reference} (sygra port writes its stub)`
  if (isOwnOfSygra(path)) {
    return `; it belongs to the Python system itself: write a stand-in, such as ${reference} (sygra port writes its stub)`
  }
  return `; ported from Python it is ${reference}`
}
