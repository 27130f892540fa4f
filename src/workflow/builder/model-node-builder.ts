import type { AgentNodeConfig, LlmNodeConfig } from '../config/node-config.ts'
import { ChatNodeBuilder } from './chat-node-builder.ts'
import { type SchemaChoice, type StructuredOutputOptions, structuredOutputOf } from './structured-output-choice.ts'

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

  /** The answer must fit a schema; one that does not is shown to the model and asked for again. */
  structuredOutput(schema: SchemaChoice, options?: StructuredOutputOptions): this {
    this.#config.model.structured_output = structuredOutputOf(schema, options)
    return this
  }
}
