import { type TransformationLike, toTransformation } from './own-transformation.ts'
import type { Transformation } from './transformation.ts'
import { type TransformationConfig, type TransformationContext, transformationFrom } from './transformation-config.ts'

/** A transformation itself, or as a source's configuration describes it: `{transform, params}` or only its name. */
export type TransformationChoice = TransformationLike | TransformationConfig | string

/** Makes the transformation that was chosen. */
export async function transformationOf(
  choice: TransformationChoice,
  context: TransformationContext,
): Promise<Transformation> {
  if (typeof choice === 'string') return transformationFrom({ transform: choice }, context)
  // A transformer has a function of that name, a configuration a text.
  if ('transform' in choice && typeof choice.transform === 'string') {
    return transformationFrom({ ...choice, transform: choice.transform }, context)
  }
  return toTransformation(choice)
}
