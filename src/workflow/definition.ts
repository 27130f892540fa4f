import type { ConfigOrigin } from './graph/config-issue.ts'
import type { GraphConfig } from './graph/graph-config.ts'
import type { DataSink } from './sinks/data-sink.ts'
import type { DataSource } from './sources/data-source.ts'

/** A workflow as the builder or a task's folder gives it: everything a run needs but its options. */
export interface WorkflowDefinition {
  readonly taskName: string
  /** Where relative paths and function references start, and where output goes when nothing else is said. */
  readonly directory: string
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
