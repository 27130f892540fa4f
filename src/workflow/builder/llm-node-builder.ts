import type { LanguageModelV3 } from '@ai-sdk/provider'
import type { AnyFunction } from '../graph/function-reference.ts'
import type { LlmNodeConfig } from '../graph/node-config.ts'
import type { PromptContent, PromptRole } from '../graph/prompt.ts'

/** A model by its name in models.yaml (else at OpenAI), by name and parameters, or as an object of the AI SDK. */
export type ModelChoice =
  | string
  | { readonly name: string; readonly parameters?: Readonly<Record<string, unknown>> }
  | LanguageModelV3

/** Describes an llm node, a step at a time. Texts are templates: `{name}` stands for a field of the record. */
export class LlmNodeBuilder {
  readonly #config: LlmNodeConfig

  constructor(config: LlmNodeConfig) {
    this.#config = config
  }

  systemMessage(text: PromptContent): this {
    return this.addMessage('system', text)
  }

  userMessage(text: PromptContent): this {
    return this.addMessage('user', text)
  }

  assistantMessage(text: PromptContent): this {
    return this.addMessage('assistant', text)
  }

  /** Adds a message to the end of the prompt. */
  addMessage(role: PromptRole, content: PromptContent): this {
    this.#config.prompt.push({ [role]: content })
    return this
  }

  temperature(value: number): this {
    return this.modelParameter('temperature', value)
  }

  maxTokens(value: number): this {
    return this.modelParameter('max_tokens', value)
  }

  /** Sets a parameter that is sent with every request of the node. */
  modelParameter(name: string, value: unknown): this {
    this.#config.model.parameters = { ...this.#config.model.parameters, [name]: value }
    return this
  }

  /** The state keys that the answer is written to; the chat (`messages`) when none is named. */
  outputKeys(...keys: readonly string[]): this {
    this.#config.output_keys = [...keys]
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

  /** A function `(state) => state` before the prompt is filled; what it gives holds for this node alone. */
  preProcess(run: AnyFunction | string): this {
    this.#config.pre_process = run
    return this
  }

  /** A function `(answer, state) => update` that says what the answer changes in the state. */
  postProcess(run: AnyFunction | string): this {
    this.#config.post_process = run
    return this
  }
}

/** The `model` block of a node's configuration. */
export function modelBlockOf(model: ModelChoice): LlmNodeConfig['model'] {
  if (typeof model === 'string') return { name: model }
  if ('doGenerate' in model) return { name: model.modelId, language_model: model }
  return { name: model.name, parameters: { ...model.parameters } }
}
