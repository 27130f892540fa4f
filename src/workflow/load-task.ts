import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closest, distance } from 'fastest-levenshtein'
import { SygraError } from '../errors.ts'
import { taskDirectory } from '../runtime/files/run-names.ts'
import { parseGraphConfig } from './config/load-graph-config.ts'
import { defineWorkflow, type WorkflowDefinition, type WorkflowDraft } from './define-workflow.ts'
import { DataSource } from './sources/data-source.ts'

const configFiles = ['graph_config.yaml', 'graph_config.yml']

/**
 * Loads a task: `examples.demo` and `tasks.examples.demo` name the folder `tasks/examples/demo`; a path, to a folder or to
 * its YAML file, names itself. Where there is no such folder, `examples.*` is an example of this package.
 *
 * @throws SygraError when there is no such task or its configuration is wrong, with the place.
 */
export async function loadTask(task: string, choice: TaskChoice = {}): Promise<WorkflowDefinition> {
  return defineWorkflow(readTask(task, choice))
}

/** What is chosen in place of what a task says. */
export interface TaskChoice {
  /** A file or a pattern of files in place of its source, relative to the working directory. */
  readonly sourcePath?: string
}

/** As `loadTask`, with its data and its sinks left in the configuration. */
export function readTask(task: string, { sourcePath }: TaskChoice = {}): WorkflowDraft {
  const found = findTask(task)
  if (found === undefined) throw noSuchTask(task)
  const { path, outputDirectory } = found
  const directory = dirname(path)
  const origin = parseGraphConfig(readFileSync(path, 'utf8'), path)
  const source = sourcePath === undefined ? undefined : DataSource.disk(sourcePath)
  const taskName = taskNameOf(outputDirectory ?? directory)
  return { taskName, directory, outputDirectory, config: origin.config, origin, source }
}

/** The configuration of a task; undefined when there is none. The package's own examples leave nothing in the package. */
export function findTask(task: string): { readonly path: string; readonly outputDirectory?: string } | undefined {
  if (/\.ya?ml$/.test(task) && isFile(task)) return { path: task }
  const directory = taskDirectory(task)
  const path = configIn(directory)
  if (path !== undefined) return { path }
  const example = /^tasks\/examples\/([^/]+)\/?$/.exec(directory)?.[1]
  const own = example === undefined ? undefined : configIn(join(packageExamples, example))
  return own === undefined ? undefined : { path: own, outputDirectory: directory }
}

/** The examples that come with the package. */
const packageExamples = fileURLToPath(new URL('../../tasks/examples', import.meta.url))

function configIn(directory: string): string | undefined {
  return configFiles.map((name) => join(directory, name)).find(isFile)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

// As the Python system names it: the path with dots.
function taskNameOf(directory: string): string {
  return directory.startsWith('/') || directory.startsWith('..')
    ? directory
    : directory.replace(/^\.\//, '').replace(/\/+$/, '').replaceAll('/', '.')
}

function noSuchTask(task: string): SygraError {
  const path = join(taskDirectory(task), 'graph_config.yaml')
  const known = [...knownTasks('tasks'), ...examplesOf(packageExamples)]
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
