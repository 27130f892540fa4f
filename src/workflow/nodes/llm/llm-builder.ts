import type { Row } from '../../sources/source.ts'
import { ModelNodeBuilder } from '../chat/chat-builder.ts'
import { type ModelChoice, modelBlockOf } from '../chat/model-choice.ts'
import type { LlmNodeConfig } from './llm-config.ts'

/** Describes an llm node, a step at a time. */
export class LlmNodeBuilder<State extends object = Row> extends ModelNodeBuilder<State> {
  readonly #config: LlmNodeConfig

  constructor(config: LlmNodeConfig) {
    super(config)
    this.#config = config
  }

  /** Its calls are handed in as batches, at a lower price, or are not, whatever the run says. */
  batch(isBatched = true): this {
    this.#config.batch = isBatched
    return this
  }
}

/** The configuration of an llm node that is still to be described. */
export function emptyLlmNode(model: ModelChoice): LlmNodeConfig {
  return { node_type: 'llm', model: modelBlockOf(model), prompt: [] }
}
