import { SygraError } from '../../../errors.ts'
import { describeValue } from '../../config/config-value.ts'
import type { ModelObject } from '../../models/model-object.ts'
import type { ModelBlock } from './model-block.ts'

/** A model by its name in models.yaml (else at OpenAI), by name and parameters, or as an object of the AI SDK. */
export type ModelChoice =
  | string
  | ({ readonly name: string; readonly parameters?: Readonly<Record<string, unknown>> } & MediaChoice)
  | ModelObject

/** What a model takes and gives besides text, where models.yaml does not say it. */
export interface MediaChoice {
  /** `audio`: a model that writes down what is said. */
  readonly inputType?: ModelBlock['input_type']
  /** `image`: a model that makes images; `audio`: one that speaks. */
  readonly outputType?: ModelBlock['output_type']
}

/** The `model` block of a node's configuration. */
export function modelBlockOf(model: ModelChoice): ModelBlock {
  if (typeof model === 'string') return { name: model }
  // JavaScript lets anything through.
  if (typeof model !== 'object' || model === null) {
    throw new SygraError(
      'bad_argument',
      `expected a model: its name, { name, parameters }, or an object of the AI SDK; found ${describeValue(model)}`,
    )
  }
  if ('doGenerate' in model) return { name: model.modelId, language_model: model }
  return { name: model.name, parameters: { ...model.parameters }, ...mediaKeysOf(model) }
}

/** The keys of a configuration for what was chosen. */
export function mediaKeysOf({ inputType, outputType }: MediaChoice): Pick<ModelBlock, 'input_type' | 'output_type'> {
  return {
    ...(inputType === undefined ? {} : { input_type: inputType }),
    ...(outputType === undefined ? {} : { output_type: outputType }),
  }
}
