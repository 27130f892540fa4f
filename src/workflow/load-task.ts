import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { SygraError } from '../errors.ts'
import { taskDirectory } from '../runtime/files/run-names.ts'
import type { ConfigOrigin } from './config/config-issue.ts'
import { valueIn } from './config/config-value.ts'
import type { GraphConfig } from './config/graph-config.ts'
import { parseGraphConfig } from './config/load-graph-config.ts'
import { readYaml } from './config/read-yaml.ts'
import { defineWorkflow, type WorkflowDefinition, type WorkflowDraft } from './define-workflow.ts'
import { DataSource } from './sources/data-source.ts'
import { parseEntry } from './sources/parse-entry.ts'
import type { TransformationChoice } from './transformations/transformation-choice.ts'
import { transformationSchema } from './transformations/transformation-config.ts'

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
  /**
   * A file or a pattern of files in place of its source, relative to the working directory. Its rows run through the
   * transformations of the source it stands for.
   */
  readonly sourcePath?: string
}

/** As `loadTask`, with its data and its sinks left in the configuration. */
export function readTask(task: string, choice: TaskChoice = {}): WorkflowDraft {
  const path = configPathOf(task)
  const { config, ...origin } = parseGraphConfig(readFileSync(path, 'utf8'), path)
  return draftOf(task, { config, origin, choice })
}

/**
 * The data of a task alone: what can be checked of it when the rest cannot be read.
 *
 * @throws SygraError when there is no such task, or its file is no YAML.
 */
export function readTaskData(
  task: string,
  choice: TaskChoice = {},
): WorkflowDraft & { readonly models: readonly string[] } {
  const path = configPathOf(task)
  const { value, origin } = readYaml(readFileSync(path, 'utf8'), path)
  const data = { source: valueIn(value, ['data_config', 'source']), sink: valueIn(value, ['data_config', 'sink']) }
  const config: GraphConfig = { data_config: data, graph_config: { nodes: {} } }
  const nodes = Object.values(Object(valueIn(value, ['graph_config', 'nodes'])))
  const models = nodes.map((node) => valueIn(node, ['model', 'name'])).filter((name) => typeof name === 'string')
  return { ...draftOf(task, { config, origin, choice }), models: [...new Set(models)] }
}

function configPathOf(task: string): string {
  const found = findTask(task)
  if (found === undefined) throw noSuchTask(task)
  return found.path
}

function draftOf(
  task: string,
  {
    config,
    origin,
    choice: { sourcePath },
  }: { readonly config: GraphConfig; readonly origin: ConfigOrigin; readonly choice: TaskChoice },
): WorkflowDraft {
  const directory = dirname(origin.path)
  const outputDirectory = findTask(task)?.outputDirectory
  const taskName = taskNameOf(outputDirectory ?? directory)
  const common = { taskName, directory, outputDirectory, config, origin }
  if (sourcePath === undefined) return common
  return {
    ...common,
    source: DataSource.disk(sourcePath),
    transformations: stepsOf(config.data_config?.source, origin),
  }
}

/** The steps of a task's only source, which the rows in its place run through as well; rows of joined sources are joined ones. */
function stepsOf(source: unknown, origin: ConfigOrigin): readonly TransformationChoice[] {
  const entries = [source].flat()
  const steps = entries.length === 1 ? valueIn(entries[0], ['transformations']) : undefined
  return steps === undefined ? [] : parseEntry(z.array(transformationSchema), steps, { path: stepsPath, origin })
}

const stepsPath = ['data_config', 'source', 'transformations']

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
    return fileURLToPath(new URL('../../tasks/examples', import.meta.url))
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

// As the Python system names it: the path with dots.
function taskNameOf(directory: string): string {
  return directory.startsWith('/') || directory.startsWith('..')
    ? directory
    : directory.replace(/^\.\//, '').replace(/\/+$/, '').replaceAll('/', '.')
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
