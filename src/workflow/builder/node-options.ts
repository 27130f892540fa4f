import type { z } from 'zod'
import type { ApplyClass } from '../config/function-reference.ts'
import type { ModelAnswer } from '../nodes/chat/answer.ts'
import type {
  ChatNodeBuilder,
  ModelNodeBuilder,
  SchemaChoice,
  StructuredOutputOptions,
} from '../nodes/chat/chat-builder.ts'
import type { ToolReference } from '../nodes/chat/chat-config.ts'
import type { MediaChoice } from '../nodes/chat/model-choice.ts'
import type { LambdaNodeConfig } from '../nodes/lambda/lambda.ts'
import type { Given } from '../nodes/node-builder.ts'
import type { NodeContext } from '../nodes/node-kind.ts'
import type { NodeOverrides } from '../nodes/subgraph/subgraph-builder.ts'

/** What every node of a chain may be told. */
export interface NodeOptions<Key extends string = string> {
  /** Its name; `llm_1`, `llm_2`, … when left out. */
  readonly name?: string
  /** The state key, or keys, that it writes. */
  readonly output?: Key | readonly Key[]
}

/** A function as a class with `apply`, or as `./file.ts#export`: the compiler does not see what it gives. */
export type FunctionReference = ApplyClass | string

/** What a node with a prompt may be told. */
export interface ChatOptions<Key extends string, Seen extends object, Judged extends object, Processed, Post = unknown>
  extends NodeOptions<Key> {
  /** State key of the chat that is sent after the prompt; `messages` by default. */
  readonly inputKey?: string
  /** Role of the answer in the chat; `assistant` by default. */
  readonly outputRole?: 'system' | 'user' | 'assistant'
  /** Keeps the chat of the record and sends its last turns; false by default. */
  readonly chatHistory?: boolean
  /** `(state) => state` before the prompt is filled; holds for this node alone. */
  readonly preProcess?: Given<(state: Seen) => unknown>
  /** `(answer, state) => update`: what the answer changes in the state. */
  readonly postProcess?: ((answer: ModelAnswer, state: Judged) => Processed) | (Post & FunctionReference)
  readonly tools?: readonly ToolReference[]
  readonly toolChoice?: 'auto' | 'none' | 'required'
}

/** With a function that prepares the state for a node, its prompt may name what only that function provides. */
export interface WithPreProcess {
  readonly preProcess: NonNullable<unknown>
}

/** What a node that asks one model may be told. */
export interface ModelOptions<
  Key extends string,
  Answer,
  Seen extends object,
  Judged extends object,
  Processed,
  Post = unknown,
> extends ChatOptions<Key, Seen, Judged, Processed, Post>,
    MediaChoice {
  readonly temperature?: number
  readonly maxTokens?: number
  /** Further parameters, sent with every request. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** The answer must fit a schema. */
  readonly structuredOutput?: z.ZodType<Answer> | StructuredOutputChoice<Answer>
}

/** A schema, and what to do when an answer does not fit it. */
export interface StructuredOutputChoice<Answer> extends StructuredOutputOptions {
  readonly schema: z.ZodType<Answer> | Exclude<SchemaChoice, z.ZodType>
}

/** What an agent may be told. */
export interface AgentOptions<
  Key extends string,
  Answer,
  Seen extends object,
  Judged extends object,
  Processed,
  Post = unknown,
> extends ModelOptions<Key, Answer, Seen, Judged, Processed, Post> {
  /** Instructions that are added at a turn of the chat, by its number from 1. */
  readonly injectSystemMessages?: Readonly<Record<number, string>>
  /** How often the model may be asked in one pass; 10 by default. */
  readonly maxSteps?: number
}

/** What a node that asks several models may be told. */
export interface MultiOptions<
  Label extends string,
  Key extends string,
  Processed,
  Combined,
  Seen extends object,
  Judged extends object,
  Post = unknown,
> extends ChatOptions<Key, Seen, Judged, Processed, Post> {
  /** `(answers by label, state) => update`; an answer is what `postProcess` gave, else the whole answer. */
  readonly multiLLMPostProcess?: Given<(answers: Readonly<Record<Label, unknown>>, state: Judged) => Combined>
}

/** What a sampler may be told. */
export interface SamplerOptions {
  /** Its name; `weighted_sampler_1`, … when left out. */
  readonly name?: string
  /** Same seed, same draw for a record; 0 by default. */
  readonly seed?: number | string
}

/** What a node that is another task may be told. */
export interface SubgraphOptions extends NodeOptions {
  /** Other settings for its nodes. */
  readonly nodeConfigMap?: NodeOverrides
}

/** Where a field of the output rows comes from: a state key or a fixed value, and how it is changed. */
export interface OutputFieldChoice<From extends string, Seen extends object, Value> {
  readonly from?: From
  readonly value?: unknown
  /** `(value, state) => value`; as a text `./file.ts#export` or a method of the generator. */
  readonly transform?: string | ((value: never, state: Seen) => Value)
}

/** `(state, node, { runArgs, signal }) => what to write`. */
export type LambdaFunction<Seen extends object, Result> = LambdaMethod<Seen, Result>['run']

// Parameters of a method may say more than is known of them, such as which arguments a run is given.
interface LambdaMethod<Seen extends object, Result> {
  run(state: Seen, node: LambdaNodeConfig, context: NodeContext): Result
}

/** Tells a builder what the options of a node say. */
export function describeChat<State extends object, Seen extends object, Judged extends object>(
  node: ChatNodeBuilder<State>,
  options: ChatOptions<string, Seen, Judged, unknown>,
): void {
  const { output, inputKey, outputRole, chatHistory, preProcess, postProcess, tools, toolChoice } = options
  if (output !== undefined) node.outputKeys(...keysOf(output))
  if (inputKey !== undefined) node.inputKey(inputKey)
  if (outputRole !== undefined) node.outputRole(outputRole)
  if (chatHistory !== undefined) node.chatHistory(chatHistory)
  if (preProcess !== undefined) node.preProcess(preProcess)
  if (postProcess !== undefined) node.postProcess(postProcess)
  if (tools !== undefined) node.tools(...tools)
  if (toolChoice !== undefined) node.toolChoice(toolChoice)
}

/** Tells a builder what the options of a node that asks one model say. */
export function describeModel<State extends object, Seen extends object, Judged extends object>(
  node: ModelNodeBuilder<State>,
  options: ModelOptions<string, unknown, Seen, Judged, unknown>,
): void {
  describeChat(node, options)
  node.media(options)
  const { temperature, maxTokens, parameters = {}, structuredOutput } = options
  if (temperature !== undefined) node.temperature(temperature)
  if (maxTokens !== undefined) node.maxTokens(maxTokens)
  for (const [name, value] of Object.entries(parameters)) node.modelParameter(name, value)
  if (structuredOutput === undefined) return
  if (isSchema(structuredOutput)) node.structuredOutput(structuredOutput)
  else node.structuredOutput(structuredOutput.schema, structuredOutput)
}

function isSchema(choice: z.ZodType | StructuredOutputChoice<unknown>): choice is z.ZodType {
  return '~standard' in choice
}

/** The keys of an option that takes one or several. */
export function keysOf(output: string | readonly string[]): readonly string[] {
  return typeof output === 'string' ? [output] : output
}
