import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SygraError } from '../errors.ts'
import { taskDirectory } from '../runtime/files/run-names.ts'
import { packageFolder } from '../runtime/package-folder.ts'
import { nearestName } from './config/nearest-name.ts'

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
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    // A part of the path is a file, or may not be looked into.
    return false
  }
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
  const directory = taskDirectory(task)
  const what = isFile(task)
    ? `"${task}" is a file; a task is a folder with a graph_config.yaml, or that file`
    : `no task "${task}": ${join(directory, 'graph_config.yaml')} does not exist (from ${resolve('.')})`
  return new SygraError('not_found', `${what}. ${whereInstead(task, directory)}`)
}

/** What was probably meant, or where to look. */
function whereInstead(task: string, directory: string): string {
  const own = knownTasks('tasks')
  const examples = examplesOf(packageExamples())
  const known = [...new Set([...own, ...examples])]
  const name = task.replaceAll(/^\.?\/?(?:tasks[./])?|\/+$/g, '').replaceAll('/', '.')
  const named = known.find((candidate) => candidate.endsWith(`.${name}`))
  const meant = (name === '' ? undefined : named) ?? nearestName(name, known)
  if (meant !== undefined) return `Did you mean "${meant}"?`
  const above = foldersAbove(resolve('.')).find((folder) => configIn(resolve(folder, directory)) !== undefined)
  if (above !== undefined) return `There is one in ${above}: run the command there.`
  if (own.length > 0) return `Known tasks: ${listOf(own)}.`
  const shown = examples.length > 0 ? ` Examples that come with the package: ${listOf(examples)}.` : ''
  return `There is no task here yet; \`sygra init\` makes one.${shown}`
}

function listOf(names: readonly string[]): string {
  const shown = [...new Set(names)].slice(0, 10).join(', ')
  return names.length > 10 ? `${shown}, …` : shown
}

function foldersAbove(folder: string): readonly string[] {
  const above = dirname(folder)
  return above === folder ? [] : [above, ...foldersAbove(above)]
}

/** The names of the tasks that lie here, for whoever named none. */
export function tasksHere(): readonly string[] {
  return knownTasks('tasks')
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
