import { z } from 'zod'
import { modelsFileSchema } from './models-config.ts'

/** The JSON Schema of `models.yaml`, so that editors complete and check it. */
export function modelsJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(modelsFileSchema, { io: 'input' })
  return { $schema, title: 'models.yaml of sygra', ...rest }
}
