import { z } from 'zod'
import { metadataSchema } from './schema.ts'

/**
 * What the format says of a key of the metadata file and of the blocks it stands in, from the outside in. Empty for keys
 * that are not in the format.
 */
export function describeKey(path: readonly string[]): string[] {
  const descriptions: string[] = []
  let schema: z.core.$ZodType | undefined = metadataSchema
  for (const key of path) {
    schema = memberOf(schema, key)
    if (schema === undefined) break
    descriptions.push(...descriptionsOf(schema))
  }
  return descriptions
}

function memberOf(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  const inner = withoutWrappers(schema)
  if (inner instanceof z.ZodObject) return Object.hasOwn(inner.shape, key) ? inner.shape[key] : undefined
  if (inner instanceof z.ZodRecord) return inner.valueType
  return inner instanceof z.ZodArray ? inner.element : undefined
}

function withoutWrappers(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? withoutWrappers(schema.unwrap()) : schema
}

/** The outermost description: one given after `optional()` goes before one from within. */
function descriptionsOf(schema: z.core.$ZodType): readonly string[] {
  const own = z.globalRegistry.get(schema)?.description
  if (own !== undefined) return [own]
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? descriptionsOf(schema.unwrap()) : []
}
