import type { Row } from '../../sources/source.ts'
import { ModelNodeBuilder } from '../chat/chat-builder.ts'
import { type ModelChoice, modelBlockOf } from '../chat/model-choice.ts'
import type { AgentNodeConfig } from './agent-config.ts'

/** Describes an agent node, a step at a time. */
export class AgentNodeBuilder<State extends object = Row> extends ModelNodeBuilder<State> {
  readonly #config: AgentNodeConfig

  constructor(config: AgentNodeConfig) {
    super(config)
    this.#config = config
  }

  /** Instructions that are added at a turn of the chat, by its number from 1. */
  injectSystemMessages(texts: Readonly<Record<number, string>>): this {
    this.#config.inject_system_messages = { ...texts }
    return this
  }

  /** How often the model may be asked in one pass; 10 by default. */
  maxSteps(count: number): this {
    this.#config.max_steps = count
    return this
  }
}

/** The configuration of an agent node that is still to be described. */
export function emptyAgentNode(model: ModelChoice): AgentNodeConfig {
  return { node_type: 'agent', model: modelBlockOf(model), prompt: [] }
}
