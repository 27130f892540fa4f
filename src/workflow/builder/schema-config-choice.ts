import type { z } from 'zod'
import type { GraphConfig } from '../config/graph-config.ts'

type SchemaConfig = NonNullable<GraphConfig['schema_config']>

/** What output rows must look like: a zod schema, `./file.ts#export`, or fields with their types and rules. */
export type SchemaConfigChoice = z.ZodType | string | readonly NonNullable<SchemaConfig['fields']>[number][]

/** The `schema_config` block of a configuration. */
export function schemaConfigOf(choice: SchemaConfigChoice): SchemaConfig {
  if (typeof choice === 'string' || '~standard' in choice) return { schema: choice }
  return { fields: [...choice] }
}
