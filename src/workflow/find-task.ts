import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { SygraError } from '../errors.ts'
import { taskDirectory } from '../runtime/files/run-names.ts'
import { packageFolder } from '../runtime/package-folder.ts'

const configFiles = ['graph_config.yaml', 'graph_config.yml']

/** The configuration of a task; undefined when there is none. The package's own examples leave nothing in the package. */
export function findTask(task: string): { readonly path: string; readonly outputDirectory?: string } | undefined {
  if (/\.ya?ml$/.test(task) && isFile(task)) return { path: task }
  const directory = taskDirectory(task)
  const path = configIn(directory)
  if (path !== undefined) return { path }
  const example = /^tasks\/examples\/([^/]+)\/?$/.exec(directory)?.[1]
  // A task that lies elsewhere below where one runs, as the recipes of the Python system do: sygra.recipes.evol_instruct.
  const elsewhere = task.includes('/') ? undefined : configIn(task.replaceAll('.', '/'))
  if (elsewhere !== undefined) return { path: elsewhere }
  const own = example === undefined ? undefined : configIn(join(packageExamples(), example))
  return own === undefined ? undefined : { path: own, outputDirectory: directory }
}

/** The folder of the examples that come with the package; a bundle that is no ES module has no address, so that they are looked for where it runs. */
function packageExamples(): string {
  try {
    return join(packageFolder(), 'tasks', 'examples')
  } catch {
    return 'tasks/examples'
  }
}

function configIn(directory: string): string | undefined {
  return configFiles.map((name) => join(directory, name)).find(isFile)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/**
 * The path of a task's configuration.
 *
 * @throws SygraError `not_found` when there is no such task, with the names that are like it.
 */
export function configPathOf(task: string): string {
  const found = findTask(task)
  if (found === undefined) throw noSuchTask(task)
  return found.path
}

function noSuchTask(task: string): SygraError {
  const path = join(taskDirectory(task), 'graph_config.yaml')
  const known = [...knownTasks('tasks'), ...examplesOf(packageExamples())]
  const nearest = known.length > 0 ? closest(task, known) : undefined
  const hint = nearest !== undefined && distance(task, nearest) <= 5 ? ` Did you mean "${nearest}"?` : ''
  const list = hint === '' && known.length > 0 ? ` Known tasks: ${[...new Set(known)].slice(0, 10).join(', ')}.` : ''
  return new SygraError('not_found', `no task "${task}": ${path} does not exist (from ${resolve('.')}).${hint}${list}`)
}

function knownTasks(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => configFiles.some((file) => name.endsWith(`/${file}`)) && isFile(join(root, name)))
    .map((name) => dirname(name).replaceAll('/', '.'))
}

function examplesOf(root: string): string[] {
  return knownTasks(root).map((name) => `examples.${name}`)
}
