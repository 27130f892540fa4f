import type { Row } from '../../sources/source.ts'
import { ModelNodeBuilder } from '../chat/chat-builder.ts'
import { type ModelChoice, modelBlockOf } from '../chat/model-choice.ts'
import type { LlmNodeConfig } from './llm-config.ts'

/** Describes an llm node, a step at a time. */
export class LlmNodeBuilder<State extends object = Row> extends ModelNodeBuilder<State> {}

/** The configuration of an llm node that is still to be described. */
export function emptyLlmNode(model: ModelChoice): LlmNodeConfig {
  return { node_type: 'llm', model: modelBlockOf(model), prompt: [] }
}
