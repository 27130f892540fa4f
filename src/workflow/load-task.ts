import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { ConfigOrigin } from './config/config-issue.ts'
import { valueIn } from './config/config-value.ts'
import type { GraphConfig } from './config/graph-config.ts'
import { parseGraphConfig } from './config/load-graph-config.ts'
import { readYaml } from './config/read-yaml.ts'
import { defineWorkflow, type WorkflowDefinition, type WorkflowDraft } from './define-workflow.ts'
import { configPathOf, findTask } from './find-task.ts'
import { DataSource } from './sources/data-source.ts'
import { parseEntry } from './sources/parse-entry.ts'
import type { TransformationChoice } from './transformations/transformation-choice.ts'
import { transformationSchema } from './transformations/transformation-config.ts'

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
 * The data of a task alone: what can be checked of it when the rest cannot be read; with the whole as it stands in its file.
 *
 * @throws SygraError when there is no such task, or its file is no YAML.
 */
export function readTaskData(
  task: string,
  choice: TaskChoice = {},
): WorkflowDraft & { readonly models: readonly string[]; readonly value: unknown } {
  const path = configPathOf(task)
  const { value, origin } = readYaml(readFileSync(path, 'utf8'), path)
  const data = { source: valueIn(value, ['data_config', 'source']), sink: valueIn(value, ['data_config', 'sink']) }
  const config: GraphConfig = { data_config: data, graph_config: { nodes: {} } }
  const nodes = Object.values(Object(valueIn(value, ['graph_config', 'nodes'])))
  const models = nodes
    .map((node) => valueIn(node, ['model', 'name']) ?? valueIn(node, ['model']))
    .filter((name) => typeof name === 'string')
  return { ...draftOf(task, { config, origin, choice }), models: [...new Set(models)], value }
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

// As the Python system names it: the path with dots.
function taskNameOf(directory: string): string {
  if (directory === '.') return basename(resolve('.'))
  return directory.startsWith('/') || directory.startsWith('..')
    ? directory
    : directory.replace(/^\.\//, '').replace(/\/+$/, '').replaceAll('/', '.')
}
