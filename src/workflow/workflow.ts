import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { taskDirectory } from '../runtime/files/run-names.ts'
import { ConfigDraft } from './builder/config-draft.ts'
import type { KnownPrompt } from './builder/known-variables.ts'
import {
  type AgentOptions,
  describeChat,
  describeModel,
  keysOf,
  type LambdaFunction,
  type ModelOptions,
  type MultiOptions,
  type NodeOptions,
  type OutputFieldChoice,
  type SamplerOptions,
  type SubgraphOptions,
  type WithPreProcess,
} from './builder/node-options.ts'
import { isSourceConfig, type RowsOf, type SourceChoice } from './builder/source-choice.ts'
import type {
  AnswerWrites,
  FunctionWrites,
  KeyOf,
  MultiWrites,
  OutputRow,
  Picked,
  WithFields,
  WithOutputField,
} from './builder/state-writes.ts'
import { TaskBuilder } from './builder/task-builder.ts'
import type { MethodsClass } from './config/function-reference.ts'
import type { WorkflowDefinition } from './define-workflow.ts'
import type { PromptChoice } from './nodes/chat/chat-builder.ts'
import type { ToolReference } from './nodes/chat/chat-config.ts'
import type { ModelChoice } from './nodes/chat/model-choice.ts'
import type { Given } from './nodes/node-builder.ts'
import type { TaskChoice } from './nodes/subgraph/subgraph-builder.ts'
import type { SampledValues, SamplerChoice } from './nodes/weighted-sampler/weighted-sampler-builder.ts'
import type { GraphProcessorFunction } from './run/graph-processor.ts'
import { checkOptionNames } from './run/option-names.ts'
import { type RecordStream, streamRecords } from './run/record-stream.ts'
import type { KnownOptions, RunResult } from './run/run-options.ts'
import { DataSource } from './sources/data-source.ts'
import type { Row } from './sources/source.ts'
import type { TransformationChoice } from './transformations/transformation-choice.ts'

/**
 * A workflow made in code: a source of records, the nodes each of them goes through, the edges between the nodes.
 *
 * `llm`, `lambda` and their like add a node behind the one added last; `add…Node` only adds it and gives a builder for it.
 * `State` is what is known of a record's state: rows, outputs and functions add to it. `Output` is what is known of the rows
 * that are written.
 */
export class Workflow<State extends object = Row, Output = never> extends TaskBuilder<State> {
  readonly name: string
  readonly #transformations: TransformationChoice[] = []
  #source: { readonly choice: SourceChoice; readonly source: DataSource } | undefined
  /** What was loaded, where the workflow began as a task. */
  #loaded: WorkflowDefinition | undefined

  constructor(name = `workflow_${randomBytes(4).toString('hex')}`) {
    super(new ConfigDraft())
    this.name = name
  }

  /**
   * A task of a folder with a `graph_config.yaml`, to be run as it is or changed before.
   *
   * @throws SygraError when there is no such task or its configuration is wrong, with the place.
   */
  static async load(task: string): Promise<Workflow> {
    const { loadWholeTask } = await import('./load-whole-task.ts')
    // Whether it is to be rehearsed is not known yet.
    const loaded = await loadWholeTask(task, { needsKeys: false })
    const workflow = new Workflow(loaded.taskName)
    Object.assign(workflow.draft.config, structuredClone(loaded.config))
    workflow.#loaded = loaded
    return workflow
  }

  /** Where the records come from: a path, rows, an iterable, a `DataSource`, or what `data_config.source` may hold. */
  source<Fields extends object>(source: RowsOf<Fields>): Workflow<WithFields<State, Fields>, Output>
  source(source: SourceChoice): this
  source(source: SourceChoice): unknown {
    if (isSourceConfig(source)) this.dataConfig.source = source
    this.#source = isSourceConfig(source) ? undefined : { choice: source, source: DataSource.from(source) }
    return this
  }

  /** Steps that the records run through before the graph, behind those of the source. */
  transformations(...steps: readonly TransformationChoice[]): Workflow<Row, Output> {
    this.#transformations.push(...steps)
    return this.#typed()
  }

  /** A node that asks a model, behind the one added last. */
  llm<
    Key extends string = never,
    Answer = never,
    Processed = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
  >(
    model: ModelChoice,
    prompt: PromptChoice,
    options: ModelOptions<Key, Answer, Seen, Judged, Processed, Post> & WithPreProcess,
  ): Workflow<State & AnswerWrites<Key, Answer, Processed, Post>, Output>
  llm<
    Key extends string = never,
    Answer = never,
    Processed = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
    const Prompt extends PromptChoice = PromptChoice,
  >(
    model: ModelChoice,
    prompt: Prompt & KnownPrompt<Prompt, State>,
    options?: ModelOptions<Key, Answer, Seen, Judged, Processed, Post>,
  ): Workflow<State & AnswerWrites<Key, Answer, Processed, Post>, Output>
  llm<
    Key extends string = never,
    Answer = never,
    Processed = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
  >(
    model: ModelChoice,
    prompt: PromptChoice,
    options: ModelOptions<Key, Answer, Seen, Judged, Processed, Post> = {},
  ): Workflow<State & AnswerWrites<Key, Answer, Processed, Post>, Output> {
    const name = this.#next('llm', options)
    describeModel(this.addLLMNode(name, model).prompt(prompt), options)
    return this.#typed()
  }

  /** A node that asks several models the same at once, behind the one added last. */
  multiLLM<
    Label extends string,
    Key extends string = never,
    Processed = string,
    Combined = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
  >(
    models: Readonly<Record<Label, ModelChoice>>,
    prompt: PromptChoice,
    options: MultiOptions<Label, Key, Processed, Combined, Seen, Judged, Post> & WithPreProcess,
  ): Workflow<State & MultiWrites<Label, Key, Processed, Combined, Post>, Output>
  multiLLM<
    Label extends string,
    Key extends string = never,
    Processed = string,
    Combined = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
    const Prompt extends PromptChoice = PromptChoice,
  >(
    models: Readonly<Record<Label, ModelChoice>>,
    prompt: Prompt & KnownPrompt<Prompt, State>,
    options?: MultiOptions<Label, Key, Processed, Combined, Seen, Judged, Post>,
  ): Workflow<State & MultiWrites<Label, Key, Processed, Combined, Post>, Output>
  multiLLM<
    Label extends string,
    Key extends string = never,
    Processed = string,
    Combined = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
  >(
    models: Readonly<Record<Label, ModelChoice>>,
    prompt: PromptChoice,
    options: MultiOptions<Label, Key, Processed, Combined, Seen, Judged, Post> = {},
  ): Workflow<State & MultiWrites<Label, Key, Processed, Combined, Post>, Output> {
    const name = this.#next('multi_llm', options)
    const node = this.addMultiLLMNode(name, models).prompt(prompt)
    describeChat(node, options)
    if (options.multiLLMPostProcess !== undefined) node.multiLLMPostProcess(options.multiLLMPostProcess)
    return this.#typed()
  }

  /** A node that asks a model until it answers, and calls the tools it asks for; behind the one added last. */
  agent<
    Key extends string = never,
    Answer = never,
    Processed = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
  >(
    model: ModelChoice,
    tools: readonly ToolReference[],
    prompt: PromptChoice,
    options: AgentOptions<Key, Answer, Seen, Judged, Processed, Post> & WithPreProcess,
  ): Workflow<State & AnswerWrites<Key, Answer, Processed, Post>, Output>
  agent<
    Key extends string = never,
    Answer = never,
    Processed = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
    const Prompt extends PromptChoice = PromptChoice,
  >(
    model: ModelChoice,
    tools: readonly ToolReference[],
    prompt: Prompt & KnownPrompt<Prompt, State>,
    options?: AgentOptions<Key, Answer, Seen, Judged, Processed, Post>,
  ): Workflow<State & AnswerWrites<Key, Answer, Processed, Post>, Output>
  agent<
    Key extends string = never,
    Answer = never,
    Processed = never,
    Seen extends object = State,
    Judged extends object = State,
    Post = never,
  >(
    model: ModelChoice,
    tools: readonly ToolReference[],
    prompt: PromptChoice,
    options: AgentOptions<Key, Answer, Seen, Judged, Processed, Post> = {},
  ): Workflow<State & AnswerWrites<Key, Answer, Processed, Post>, Output> {
    const name = this.#next('agent', options)
    const node = this.addAgentNode(name, model, tools).prompt(prompt)
    describeModel(node, options)
    if (options.injectSystemMessages !== undefined) node.injectSystemMessages(options.injectSystemMessages)
    if (options.maxSteps !== undefined) node.maxSteps(options.maxSteps)
    return this.#typed()
  }

  /** A node that runs a function `(state) => what to write to the state`, behind the one added last. */
  lambda<Key extends string = never, Result = unknown, Seen extends object = State>(
    run: Given<LambdaFunction<Seen, Result>>,
    options: NodeOptions<Key> = {},
  ): Workflow<State & FunctionWrites<Key, Result>, Output> {
    const node = this.addLambdaNode(this.#next('lambda', options), run)
    if (options.output !== undefined) node.outputKeys(...keysOf(options.output))
    return this.#typed()
  }

  /** A node that draws values for a record, behind the one added last. */
  weightedSampler<const Attributes extends Readonly<Record<string, SamplerChoice>>>(
    attributes: Attributes,
    { seed, ...options }: SamplerOptions = {},
  ): Workflow<State & SampledValues<Attributes>, Output> {
    const node = this.addWeightedSamplerNode(this.#next('weighted_sampler', options), attributes)
    if (seed !== undefined) node.seed(seed)
    return this.#typed()
  }

  /** A node that takes a record through another task, behind the one added last. */
  subgraph(
    task: TaskChoice,
    { nodeConfigMap, output, ...options }: SubgraphOptions = {},
  ): Workflow<State & Row, Output> {
    const node = this.addSubgraphNode(this.#next('subgraph', options), task)
    if (nodeConfigMap !== undefined) node.nodeConfigMap(nodeConfigMap)
    if (output !== undefined) node.outputKeys(...keysOf(output))
    return this.#typed()
  }

  /** A field of the output rows: the state key it comes from or a fixed value, and how it is changed. */
  outputField<
    Name extends string,
    From extends KeyOf<State>,
    Seen extends object = State,
    Value = From extends keyof State ? State[From] : unknown,
  >(
    name: Name,
    field: OutputFieldChoice<From, Seen, Value>,
  ): Workflow<State, WithOutputField<Output, Name, Awaited<Value>>> {
    this.outputMap[name] = field
    return this.#typed()
  }

  /** Fields of the output rows that are the same in all of them. */
  outputMetadata<const Values extends Row>(
    values: Values,
  ): Workflow<State, ([Output] extends [never] ? unknown : Output) & Values> {
    for (const [name, value] of Object.entries(values)) this.outputMap[name] = { value }
    return this.#typed()
  }

  /** A function `(state) => row` that makes the output rows; undefined or null makes none. */
  outputGenerator<Made, Seen extends object = State>(
    generator: Given<(state: Seen) => Made>,
  ): Workflow<State, Exclude<Awaited<Made>, null | undefined>> {
    this.outputConfig.generator = generator
    return this.#typed()
  }

  /** Fields of the input that every output row keeps. */
  preserveFields<Name extends KeyOf<State>>(
    ...fields: readonly Name[]
  ): Workflow<State, [Output] extends [never] ? never : Output & Picked<State, Name>> {
    this.outputConfig.preserve_fields = [...fields]
    return this.#typed()
  }

  /**
   * What runs over all output rows at the end and makes a file of its own: `(rows, context) => rows`, a class with the method
   * `process`, or a generator function, which gets the rows one by one as `AsyncIterable<Row>`.
   */
  graphPostProcess<Rows extends readonly object[] | AsyncIterable<object> = readonly OutputRow<State, Output>[]>(
    processor: GraphProcessorFunction<Rows> | MethodsClass | string,
    params?: Row,
  ): this {
    const entry = params === undefined ? processor : { processor, params }
    const { graph_post_process: before = [] } = this.draft.config
    this.draft.config.graph_post_process = [...before, entry]
    return this
  }

  /**
   * Writes the configuration as a `graph_config.yaml`. Secrets are left out, with a comment where they were.
   *
   * @throws SygraError `bad_config` for what YAML cannot hold: functions, model objects, sources that are no paths.
   */
  async saveConfig(path: string): Promise<void> {
    const { saveConfig } = await import('./builder/save-config.ts')
    const directory = this.#loaded?.directory ?? taskDirectory(this.name)
    const { choice: source } = this.#source ?? {}
    await saveConfig({ path, config: this.build(), directory, source, sinks: this.sinks })
  }

  /** Runs the workflow over its records. Rejects when it cannot begin; a record that fails is in `failures`. */
  async run<IsOff extends boolean = false, HasFiles extends boolean = true>(
    options: KnownOptions<IsOff, HasFiles> = {},
  ): Promise<RunResult<OutputRow<State, Output>, IsOff, HasFiles>> {
    checkOptionNames(options)
    // The runner and what it stands on take longer to load than a program should wait that only imports the package.
    const { runWorkflow } = await import('./run/run-workflow.ts')
    const heard = options.quiet === true ? { ...options, onNotice: undefined } : options
    const result: RunResult<object> = await runWorkflow(await this.definition(), heard)
    return result as RunResult<OutputRow<State, Output>, IsOff, HasFiles>
  }

  /** Runs the workflow and gives its output rows as records finish; leaving the loop stops the run. */
  stream<IsOff extends boolean = false, HasFiles extends boolean = true>(
    options: Omit<KnownOptions<IsOff, HasFiles>, 'onRecord'> = {},
  ): RecordStream<OutputRow<State, Output>, IsOff, HasFiles> {
    return streamRecords((rest: KnownOptions<IsOff, HasFiles>) => this.run(rest), options)
  }

  /**
   * The workflow as a run, or a workflow that it is a node of, takes it.
   *
   * @throws SygraError when the configuration is wrong.
   */
  async definition(): Promise<WorkflowDefinition> {
    const { checkGraphConfig } = await import('./config/check-graph-config.ts')
    const { defineWorkflow } = await import('./define-workflow.ts')
    const built = this.build()
    const loaded: Partial<WorkflowDefinition> = this.#loaded ?? {}
    const { taskName = this.name, directory = taskDirectory(this.name), outputDirectory, config, origin } = loaded
    return defineWorkflow({
      taskName,
      directory,
      outputDirectory,
      config: checkGraphConfig(built),
      // What was changed does not stand in the file any more.
      origin: isDeepStrictEqual(built, config) ? origin : undefined,
      source: this.#source?.source,
      sinks: this.sinks,
      transformations: this.#transformations,
    })
  }

  #next(kind: string, { name: wanted }: NodeOptions): string {
    const name = this.draft.nameFor(kind, wanted)
    this.draft.chain(name)
    return name
  }

  // It is the same object: only what is known of it has changed.
  #typed<NextState extends object, NextOutput>(): Workflow<NextState, NextOutput> {
    return this as unknown as Workflow<NextState, NextOutput>
  }
}

/** A workflow of that name. */
export function createGraph(name?: string): Workflow {
  return new Workflow(name)
}
