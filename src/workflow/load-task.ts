import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { SygraError } from '../errors.ts'
import { taskDirectory } from '../runtime/run-files.ts'
import { parseGraphConfig } from './config/load-graph-config.ts'
import type { WorkflowDefinition } from './define-workflow.ts'
import { defineWorkflow, type WorkflowDraft } from './define-workflow.ts'
import { DataSource } from './sources/data-source.ts'

const configFile = 'graph_config.yaml'

/**
 * Loads a task: `examples.demo` and `tasks.examples.demo` name the folder `tasks/examples/demo`; a path names itself.
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
  const directory = taskDirectory(task)
  const path = join(directory, configFile)
  if (!existsSync(path)) throw noSuchTask(task, path)
  const origin = parseGraphConfig(readFileSync(path, 'utf8'), path)
  const source = sourcePath === undefined ? undefined : DataSource.disk(sourcePath)
  return { taskName: taskNameOf(directory), directory, config: origin.config, origin, source }
}

// As the Python system names it: the path with dots.
function taskNameOf(directory: string): string {
  return directory.startsWith('/') || directory.startsWith('..')
    ? directory
    : directory.replace(/^\.\//, '').replace(/\/+$/, '').replaceAll('/', '.')
}

function noSuchTask(task: string, path: string): SygraError {
  const known = knownTasks('tasks')
  const nearest = known.length > 0 ? closest(task, known) : undefined
  const hint = nearest !== undefined && distance(task, nearest) <= 5 ? ` Did you mean "${nearest}"?` : ''
  const list = hint === '' && known.length > 0 ? ` Tasks here: ${known.slice(0, 10).join(', ')}.` : ''
  return new SygraError('not_found', `no task "${task}": ${path} does not exist (from ${resolve('.')}).${hint}${list}`)
}

function knownTasks(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(configFile) && statSync(join(root, name)).isFile())
    .map((name) => name.slice(0, -configFile.length - 1).replaceAll('/', '.'))
}
