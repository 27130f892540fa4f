import type { z } from 'zod'
import type { ConfigPath } from '../config/config-issue.ts'
import type { FunctionReference } from '../config/function-reference.ts'
import type { GraphProperties } from '../config/graph-properties.ts'
import type { State, StateUpdate } from '../graph/state.ts'
import type { CountedCall } from '../limits/prompt-tokens.ts'
import type { ModelClient } from '../models/model-call.ts'
import type { ModuleLoader } from '../module-loader.ts'
import type { ChatMessage } from './chat/chat-message.ts'
import type { ModelBlock } from './chat/model-block.ts'

/**
 * A kind of node: all that is known of it. Its schema says what stands in a configuration; what runs it is loaded only
 * when a graph has such a node.
 */
export interface NodeKind<Config, Schema = NodeSchema> {
  readonly schema: Schema
  /** State keys that unchecked settings say they write. A node that names none and whose keys are not known gives none. */
  outputKeysIn(settings: Readonly<Record<string, unknown>>): readonly string[]
  /** What a checked node may write to the state. */
  writes(config: Config): NodeWrites
  /** What it names that may be missing, so that a run tells all of it at once. */
  references?(config: Config): NodeReferences
  /** The template variables it needs. */
  variables?(config: Config): readonly TemplateVariable[]
  /** The task that it takes a record through. */
  innerTask?(config: Config): InnerTask
  load(): Promise<NodeMaker<Config>>
}

/** A schema of objects whose `node_type` is the name of the kind. */
export type NodeSchema = z.ZodObject<{ readonly node_type: z.ZodLiteral<string> }, z.core.$ZodObjectConfig>

/** A kind of node, typed by its schema. */
export function nodeKind<Schema extends z.ZodObject>(
  kind: NodeKind<z.infer<Schema>, Schema>,
): NodeKind<z.infer<Schema>, Schema> {
  return kind
}

/** What a node may write to the state, as far as its configuration tells. */
export interface NodeWrites {
  readonly keys: readonly string[]
  /** False when a function of the user, or another task, decides what else is written. */
  readonly areAllKnown: boolean
}

/** Functions and models that a node names. */
export interface NodeReferences {
  /** By the key of the configuration they stand at. */
  readonly functions?: Readonly<Record<string, FunctionReference | undefined>>
  readonly models?: readonly ModelBlock[]
}

/** A variable of a node's templates, and where it stands in the node. */
export interface TemplateVariable {
  readonly variable: string
  readonly path: ConfigPath
}

/** A task within a node: its name, its path or a `Workflow`, and other settings for its nodes. */
export interface InnerTask {
  readonly subgraph: string | object
  readonly node_config_map?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined
}

/** Makes nodes of one kind. */
export interface NodeMaker<Config> {
  create(config: Config, parts: NodeParts): Promise<NodeExecutor>
  /** What a node asks models, for estimates; left out by kinds that ask none. */
  questions?(config: Config, parts: NodeParts): Promise<NodeQuestions>
}

/** What a node does to a record's state; made once per run, called once per pass of a record. */
export interface NodeExecutor {
  /** `node_type` in the metadata. */
  readonly type: string
  /** The model the metadata names for the node, where there is one. */
  readonly model?: string
  readonly execute: (state: State, context: NodeContext) => StateUpdate | Promise<StateUpdate>
}

export interface NodeContext {
  readonly signal?: AbortSignal
  /** Free values given to the run. */
  readonly runArgs: Readonly<Record<string, unknown>>
}

/** What a node asks models, as far as it can be told before a run. */
export interface NodeQuestions {
  readonly models: readonly {
    readonly client: ModelClient
    /** What goes with every prompt: tools, and the schema of the answer. */
    readonly fixed: Pick<CountedCall, 'tools' | 'responseFormat'>
  }[]
  /** The messages that are sent for a state. */
  readonly messagesFor: (state: State) => readonly ChatMessage[]
  /** Messages with the sounds of their files in them, as far as they can be read; images count alike, whatever is in them. */
  readonly withSoundsRead: (messages: readonly ChatMessage[]) => Promise<readonly ChatMessage[]>
  /** Whether the chat of the record goes with the prompt, and whether the answer becomes a turn of it. */
  readonly seesChat: boolean
  readonly answersInChat: boolean
  /** A function changes the state before the prompt is filled. */
  readonly isPreProcessed: boolean
  /** A model may be asked again after it has called tools. */
  readonly mayCallTools: boolean
  /** What the node says of batches; what the run says where it says nothing. */
  readonly isBatched?: boolean
}

/** What a node is made of besides its own configuration. */
export interface NodeParts {
  readonly name: string
  /** Place of the node, for errors. */
  readonly where: string
  /** The folder of the task. */
  readonly directory: string
  readonly graphProperties: GraphProperties | undefined
  readonly model: (block: ModelBlock) => Promise<ModelClient>
  readonly function: (reference: FunctionReference | undefined, key: string) => Promise<UserFunction | undefined>
  /** What the task's files export. */
  readonly modules: ModuleLoader
  /** The values of a column of a data source. */
  readonly column: (column: { readonly column: string; readonly source?: unknown }) => Promise<readonly unknown[]>
  /** Makes a task ready to run as one node. */
  readonly subgraph: (task: InnerTask) => Promise<(state: State) => Promise<State>>
}

/** A function of the user's, called with whatever its place gives it. */
export type UserFunction = (...parameters: unknown[]) => unknown
