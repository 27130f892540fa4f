import type { Row } from '../../sources/source.ts'
import {
  ChatNodeBuilder,
  type SchemaChoice,
  type StructuredOutputOptions,
  structuredOutputOf,
} from '../chat/chat-builder.ts'
import { type ModelChoice, modelBlockOf } from '../chat/model-choice.ts'
import type { Given } from '../node-builder.ts'
import type { MultiLlmNodeConfig } from './multi-llm-config.ts'

/** Describes a multi_llm node, a step at a time. */
export class MultiLlmNodeBuilder<State extends object = Row> extends ChatNodeBuilder<State> {
  readonly #config: MultiLlmNodeConfig

  constructor(config: MultiLlmNodeConfig) {
    super(config)
    this.#config = config
  }

  /** A further model; its answer goes to the state key of that name, or into the map of the node's one output key. */
  addModel(label: string, model: ModelChoice): this {
    this.#config.models[label] = modelBlockOf(model)
    return this
  }

  /** Its calls are handed in as batches, at a lower price, or are not, whatever the run says. */
  batch(isBatched = true): this {
    this.#config.batch = isBatched
    return this
  }

  /** Sets a parameter that is sent with every request to every model added so far. */
  modelParameter(name: string, value: unknown): this {
    for (const model of Object.values(this.#config.models)) {
      model.parameters = { ...model.parameters, [name]: value }
    }
    return this
  }

  /** The answers of the models added so far must fit a schema. */
  structuredOutput(schema: SchemaChoice, options?: StructuredOutputOptions): this {
    for (const model of Object.values(this.#config.models)) {
      model.structured_output = structuredOutputOf(schema, options)
    }
    return this
  }

  /** A function `(answers by label, state) => update` that says what the answers change in the state. */
  multiLLMPostProcess<Answers extends object = Readonly<Record<string, unknown>>, Seen extends object = State>(
    run: Given<(answers: Answers, state: Seen) => unknown>,
  ): this {
    this.#config.multi_llm_post_process = run
    return this
  }
}

/** The configuration of a multi_llm node that is still to be described. */
export function emptyMultiLlmNode(models: Readonly<Record<string, ModelChoice>> = {}): MultiLlmNodeConfig {
  const blocks = Object.entries(models).map(([label, model]) => [label, modelBlockOf(model)] as const)
  return { node_type: 'multi_llm', models: Object.fromEntries(blocks), prompt: [] }
}
