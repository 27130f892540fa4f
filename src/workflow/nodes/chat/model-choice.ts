import type { ModelObject } from '../../models/model-object.ts'
import type { ModelBlock } from './model-block.ts'

/** A model by its name in models.yaml (else at OpenAI), by name and parameters, or as an object of the AI SDK. */
export type ModelChoice =
  | string
  | { readonly name: string; readonly parameters?: Readonly<Record<string, unknown>> }
  | ModelObject

/** The `model` block of a node's configuration. */
export function modelBlockOf(model: ModelChoice): ModelBlock {
  if (typeof model === 'string') return { name: model }
  if ('doGenerate' in model) return { name: model.modelId, language_model: model }
  return { name: model.name, parameters: { ...model.parameters } }
}
