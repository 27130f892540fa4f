import type { JSONSchema7 } from '@ai-sdk/provider'
import { z } from 'zod'
import { messageOf, SygraError } from '../../errors.ts'

/**
 * A zod schema as the JSON Schema that models are given: what goes into the schema, and no keys but the named ones.
 *
 * @throws SygraError `bad_config` for what JSON cannot hold.
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  where: string,
): { readonly jsonSchema: JSONSchema7; readonly isStrict: boolean } {
  let isStrict = true
  try {
    const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
      target: 'draft-7',
      io: 'input',
      override({ jsonSchema: part }) {
        if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum
        if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum
        if (part.type === 'object' && part.properties !== undefined) part.additionalProperties ??= false
        if (!isStrictPart(part)) isStrict = false
      },
    })
    return { jsonSchema: JSON.parse(JSON.stringify(jsonSchema)), isStrict }
  } catch (error) {
    throw new SygraError('bad_config', `${where}: the schema cannot be told to a model: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function isStrictPart(part: z.core.JSONSchema.BaseSchema): boolean {
  if (Object.keys(part).length === 0) return false
  if (part.type !== 'object') return true
  const { properties = {}, required = [], additionalProperties } = part
  return additionalProperties === false && Object.keys(properties).every((key) => required.includes(key))
}
