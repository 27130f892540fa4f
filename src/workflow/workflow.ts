import { randomBytes } from 'node:crypto'
import { taskDirectory } from '../runtime/run-files.ts'
import { LambdaNodeBuilder } from './builder/lambda-node-builder.ts'
import { LlmNodeBuilder, type ModelChoice, modelBlockOf } from './builder/llm-node-builder.ts'
import type { WorkflowDefinition } from './definition.ts'
import type { EdgeConfig } from './graph/edge-config.ts'
import type { AnyFunction } from './graph/function-reference.ts'
import type { GraphConfig } from './graph/graph-config.ts'
import { end, start } from './graph/graph-ends.ts'
import type { LambdaNodeConfig, LlmNodeConfig, NodeConfig } from './graph/node-config.ts'
import type { OutputField } from './graph/output-config.ts'
import type { RunOptions, RunResult } from './run/run-options.ts'
import { DataSink } from './sinks/data-sink.ts'
import { DataSource } from './sources/data-source.ts'

/** What a workflow takes as its data. */
export type SourceChoice = Parameters<typeof DataSource.from>[0]

/**
 * A workflow made in code: a source of records, the nodes each of them goes through, the edges between the nodes. Without
 * edges the nodes run in the order they were added.
 */
export class Workflow {
  readonly name: string
  readonly #nodes: Record<string, NodeConfig> = {}
  readonly #edges: EdgeConfig[] = []
  readonly #outputMap: Record<string, OutputField> = {}
  readonly #sinks: DataSink[] = []
  readonly #dataConfig: NonNullable<GraphConfig['data_config']> = {}
  #outputConfig: NonNullable<GraphConfig['output_config']> = {}
  #source: DataSource | undefined

  constructor(name = `workflow_${randomBytes(4).toString('hex')}`) {
    this.name = name
  }

  /** Where the records come from: a path, rows, an iterable, or a `DataSource`. */
  source(source: SourceChoice): this {
    this.#source = DataSource.from(source)
    return this
  }

  /** A further place for the rows, besides the output file of the run. */
  sink(sink: DataSink | string): this {
    this.#sinks.push(typeof sink === 'string' ? DataSink.disk(sink) : sink)
    return this
  }

  /** The column that gives each record its id; `id`, else the record's content, when left out. */
  idColumn(column: string): this {
    this.#dataConfig.id_column = column
    return this
  }

  /** Adds a node that asks a model. */
  addLLMNode(name: string, model: ModelChoice): LlmNodeBuilder {
    const config: LlmNodeConfig = { node_type: 'llm', model: modelBlockOf(model), prompt: [] }
    this.addNode(name, config)
    return new LlmNodeBuilder(config)
  }

  /** Adds a node that runs a function: `(state) => what to write to the state`, synchronous or not. */
  addLambdaNode(name: string, run: AnyFunction | string): LambdaNodeBuilder {
    const config: LambdaNodeConfig = { node_type: 'lambda', lambda: run }
    this.addNode(name, config)
    return new LambdaNodeBuilder(config)
  }

  /** Adds a node as `graph_config.yaml` would describe it. */
  addNode(name: string, config: NodeConfig): this {
    this.#nodes[name] = config
    return this
  }

  addEdge(from: string, to: string | readonly string[]): this {
    this.#edges.push({ from, to: typeof to === 'string' ? to : [...to] })
    return this
  }

  /** From a node to the one that `paths` names for what the condition gives; `END` ends the record. */
  addConditionalEdge(from: string, condition: AnyFunction | string, paths: Readonly<Record<string, string>>): this {
    this.#edges.push({ from, condition, path_map: { ...paths } })
    return this
  }

  /** Lets the nodes follow one another, from START to END. */
  sequence(...nodes: readonly string[]): this {
    const stops = [start, ...nodes, end]
    for (const [index, node] of stops.slice(0, -1).entries()) this.addEdge(node, stops[index + 1] ?? end)
    return this
  }

  /** A field of the output rows: the state key it comes from or a fixed value, and how it is changed. */
  outputField(
    name: string,
    field: { readonly from?: string; readonly value?: unknown; readonly transform?: AnyFunction | string },
  ): this {
    this.#outputMap[name] = field
    return this
  }

  /** A function `(state) => row` that makes the output rows. */
  outputGenerator(generator: AnyFunction | string): this {
    this.#outputConfig = { ...this.#outputConfig, generator }
    return this
  }

  /** Fields of the input that every output row keeps. */
  preserveFields(...fields: readonly string[]): this {
    this.#outputConfig = { ...this.#outputConfig, preserve_fields: [...fields] }
    return this
  }

  /** The configuration, as `graph_config.yaml` would hold it; a run checks it before anything else. */
  build(): GraphConfig {
    const outputMap = Object.keys(this.#outputMap).length > 0 ? { output_map: this.#outputMap } : {}
    return {
      data_config: this.#dataConfig,
      graph_config: { nodes: this.#nodes, ...(this.#edges.length > 0 ? { edges: this.#edges } : {}) },
      output_config: { ...this.#outputConfig, ...outputMap },
    }
  }

  /** Runs the workflow over its records. Rejects when it cannot begin; a record that fails is in `failures`. */
  async run(options: RunOptions = {}): Promise<RunResult> {
    // The runner and what it stands on take longer to load than a program should wait that only imports the package.
    const { runWorkflow } = await import('./run/run-workflow.ts')
    return runWorkflow(await this.definition(), options)
  }

  /**
   * The workflow as a run, or a workflow that it is a node of, takes it.
   *
   * @throws SygraError when the configuration is wrong.
   */
  async definition(): Promise<WorkflowDefinition> {
    const { checkGraphConfig } = await import('./graph/check-graph-config.ts')
    return {
      taskName: this.name,
      directory: taskDirectory(this.name),
      config: checkGraphConfig(this.build()),
      source: this.#source,
      sinks: this.#sinks,
    }
  }
}
