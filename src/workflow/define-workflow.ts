import type { ConfigOrigin } from './config/config-issue.ts'
import type { GraphConfig } from './config/graph-config.ts'
import { gather } from './gather.ts'
import { createModuleLoader } from './module-loader.ts'
import type { DataSink } from './sinks/data-sink.ts'
import { sinksFromConfig } from './sinks/sinks-from-config.ts'
import { DataSource } from './sources/data-source.ts'
import { sourceFromConfig } from './sources/source-from-config.ts'
import { type TransformationChoice, transformationOf } from './transformations/transformation-choice.ts'

/** A workflow as the builder or a task's folder gives it: everything a run needs but its options. */
export interface WorkflowDefinition {
  readonly taskName: string
  /** Where relative paths and function references start, and where output goes when nothing else is said. */
  readonly directory: string
  /** Where output goes instead, when nothing else is said: the package's own examples are not written into. */
  readonly outputDirectory?: string
  readonly config: GraphConfig
  readonly source?: DataSource
  /** Where rows go besides the output file; the output file alone when there are none. */
  readonly sinks: readonly DataSink[]
  /** The file the configuration was read from, so that errors can say the line. */
  readonly origin?: ConfigOrigin
}

/** Something that describes a workflow, such as the builder. */
export interface DefinesWorkflow {
  readonly definition: () => Promise<WorkflowDefinition>
}

/** A workflow of which the data may still be in its configuration alone. */
export interface WorkflowDraft extends Omit<WorkflowDefinition, 'source' | 'sinks'> {
  /** In place of the one of the configuration. */
  readonly source?: DataSource
  /** Besides those of the configuration. */
  readonly sinks?: readonly DataSink[]
  /** Steps that the records run through behind those of the source. */
  readonly transformations?: readonly TransformationChoice[]
}

/**
 * A workflow with its source and its sinks made.
 *
 * @throws SygraError when the configuration of these is wrong, with the place.
 */
export async function defineWorkflow(draft: WorkflowDraft): Promise<WorkflowDefinition> {
  const { taskName, directory, outputDirectory, config, origin, sinks = [], transformations = [] } = draft
  const { source, sink } = config.data_config ?? {}
  const modules = createModuleLoader(directory)
  const place = origin === undefined ? 'data_config.source' : `${origin.path}: data_config.source`
  const load = (reference: string) => modules.export(reference, place)
  const isDescribed = draft.source === undefined && source !== undefined
  const [described, steps, describedSinks] = await gather([
    isDescribed ? sourceFromConfig(source, { directory, origin, load }) : undefined,
    gather(transformations.map((step) => transformationOf(step, { load }))),
    (async () => (sink === undefined ? [] : sinksFromConfig(sink, { directory, origin })))(),
  ])
  const own = draft.source ?? described
  return {
    taskName,
    directory,
    outputDirectory,
    config,
    origin,
    // A source may be used by other workflows, so it is not changed.
    source: own === undefined || steps.length === 0 ? own : new DataSource(own).transform(...steps),
    sinks: [...describedSinks, ...sinks],
  }
}

/** Where the output of a workflow goes when nothing else is said. */
export function outputDirectoryOf({ directory, outputDirectory }: WorkflowDefinition): string {
  return outputDirectory ?? directory
}
