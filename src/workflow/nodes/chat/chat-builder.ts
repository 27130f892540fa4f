import type { z } from 'zod'
import type { AgentNodeConfig } from '../agent/agent-config.ts'
import type { LlmNodeConfig } from '../llm/llm-config.ts'
import { type Given, NodeBuilder } from '../node-builder.ts'
import type { ModelAnswer } from './answer.ts'
import type { ToolReference } from './chat-config.ts'
import type { AnswerSchema, StructuredOutputConfig } from './model-block.ts'
import { type MediaChoice, mediaKeysOf } from './model-choice.ts'
import type { Prompt, PromptContent, PromptPart, PromptRole } from './prompt.ts'

/** The part of its configuration that every node with a prompt has. */
type ChatConfig = Omit<LlmNodeConfig, 'node_type' | 'model' | 'structured_output'>

/** Describes a node with a prompt, a step at a time. Texts are templates: `{name}` stands for a field of the record. */
export class ChatNodeBuilder<State extends object> extends NodeBuilder {
  readonly #config: ChatConfig

  constructor(config: ChatConfig) {
    super(config)
    this.#config = config
  }

  /** The whole prompt, in place of what it was. */
  prompt(prompt: PromptChoice): this {
    this.#config.prompt = promptOf(prompt)
    return this
  }

  /** An instruction, before all other messages but earlier instructions. */
  systemMessage(content: PromptContent): this {
    const { prompt } = this.#config
    const turn = prompt.findIndex((message) => message.system === undefined)
    prompt.splice(turn < 0 ? prompt.length : turn, 0, { system: content })
    return this
  }

  userMessage(content: PromptContent): this {
    return this.addMessage('user', content)
  }

  assistantMessage(content: PromptContent): this {
    return this.addMessage('assistant', content)
  }

  /** Adds a message to the end of the prompt. */
  addMessage(role: Exclude<PromptRole, 'tool'>, content: PromptContent): this {
    this.#config.prompt.push({ [role]: content })
    return this
  }

  /** Adds a message of texts, images and sounds; these are data URLs, web addresses, paths, or `{variable}` for bytes and lists. */
  multimodalMessage(role: Exclude<PromptRole, 'tool'>, parts: readonly PromptPart[]): this {
    return this.addMessage(role, [...parts])
  }

  /** The state keys that the answer is written to; the chat (`messages`) when none is named. */
  outputKeys(...keys: readonly string[]): this {
    this.#config.output_keys = keys.length === 1 ? keys[0] : [...keys]
    return this
  }

  /** State key of the chat that is sent after the prompt; `messages` by default. */
  inputKey(key: string): this {
    this.#config.input_key = key
    return this
  }

  /** Role of the answer in the chat; `assistant` by default. */
  outputRole(role: 'system' | 'user' | 'assistant'): this {
    this.#config.output_role = role
    return this
  }

  /** Keeps the chat of the record and sends its last turns. */
  chatHistory(isKept = true): this {
    this.#config.chat_history = isKept
    return this
  }

  /** A function `(state) => state` before the prompt is filled; what it gives holds for this node alone. */
  preProcess<Seen extends object = State>(run: Given<(state: Seen) => unknown>): this {
    this.#config.pre_process = run
    return this
  }

  /** A function `(answer, state) => update` that says what the answer changes in the state. */
  postProcess<Seen extends object = State>(run: Given<(answer: ModelAnswer, state: Seen) => unknown>): this {
    this.#config.post_process = run
    return this
  }

  /** Tools that the model may ask for: made with `tool`, or `./file.ts` and `./file.ts#export`. */
  tools(...tools: readonly ToolReference[]): this {
    this.#config.tools = [...(this.#config.tools ?? []), ...tools]
    return this
  }

  /** Whether the model must, may or must not ask for tools; `auto` by default. */
  toolChoice(choice: 'auto' | 'none' | 'required'): this {
    this.#config.tool_choice = choice
    return this
  }
}

/** Describes a node that asks one model. */
export class ModelNodeBuilder<State extends object> extends ChatNodeBuilder<State> {
  readonly #config: LlmNodeConfig | AgentNodeConfig

  constructor(config: LlmNodeConfig | AgentNodeConfig) {
    super(config)
    this.#config = config
  }

  temperature(value: number): this {
    return this.modelParameter('temperature', value)
  }

  maxTokens(value: number): this {
    return this.modelParameter('max_tokens', value)
  }

  /** Sets a parameter that is sent with every request of the node. */
  modelParameter(name: string, value: unknown): this {
    const { model } = this.#config
    model.parameters = { ...model.parameters, [name]: value }
    return this
  }

  /** What the model takes and gives besides text: it makes images, speaks, or writes down what is said. */
  media(choice: MediaChoice): this {
    this.#config.model = { ...this.#config.model, ...mediaKeysOf(choice) }
    return this
  }

  /** The answer must fit a schema; one that does not is shown to the model and asked for again. */
  structuredOutput(schema: SchemaChoice, options?: StructuredOutputOptions): this {
    this.#config.model.structured_output = structuredOutputOf(schema, options)
    return this
  }
}

/** A prompt: the text, or the parts, of one message of the user, or a list of messages `{system|user|assistant: …}`. */
export type PromptChoice = string | Prompt | Extract<PromptContent, readonly unknown[]>

/** The messages of a prompt. */
export function promptOf(choice: PromptChoice): Prompt {
  if (typeof choice === 'string') return [{ user: choice }]
  return isParts(choice) ? [{ user: choice }] : choice.map((message) => ({ ...message }))
}

function isParts(choice: Exclude<PromptChoice, string>): choice is Extract<PromptContent, readonly unknown[]> {
  return choice.length > 0 && choice.every((entry) => 'type' in entry)
}

/** What answers must look like: a zod schema, fields, or `./file.ts#export`. */
export type SchemaChoice = z.ZodType | AnswerSchema

/** How answers are made to fit their schema. */
export interface StructuredOutputOptions {
  /** For models without a native mode: tell them the schema (default), or only read it from the answer. */
  readonly fallbackStrategy?: 'instruction' | 'post_process'
  /** Asks again when the answer does not fit; true by default. */
  readonly retryOnParseError?: boolean
  /** How often to ask again; 2 by default. Each time costs a request. */
  readonly maxParseRetries?: number
}

/** The `structured_output` block of a model. */
export function structuredOutputOf(
  schema: SchemaChoice,
  { fallbackStrategy, retryOnParseError, maxParseRetries }: StructuredOutputOptions = {},
): StructuredOutputConfig {
  return {
    schema,
    ...(fallbackStrategy === undefined ? {} : { fallback_strategy: fallbackStrategy }),
    ...(retryOnParseError === undefined ? {} : { retry_on_parse_error: retryOnParseError }),
    ...(maxParseRetries === undefined ? {} : { max_parse_retries: maxParseRetries }),
  }
}
