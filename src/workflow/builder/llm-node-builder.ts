import type { LlmNodeConfig } from '../config/node-config.ts'
import type { Row } from '../sources/source.ts'
import { type ModelChoice, modelBlockOf } from './model-choice.ts'
import { ModelNodeBuilder } from './model-node-builder.ts'

/** Describes an llm node, a step at a time. */
export class LlmNodeBuilder<State extends object = Row> extends ModelNodeBuilder<State> {}

/** The configuration of an llm node that is still to be described. */
export function emptyLlmNode(model: ModelChoice): LlmNodeConfig {
  return { node_type: 'llm', model: modelBlockOf(model), prompt: [] }
}
