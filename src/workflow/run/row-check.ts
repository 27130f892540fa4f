import { z } from 'zod'
import { SygraError } from '../../errors.ts'
import { placeText } from '../config/config-issue.ts'
import { type FieldRule, schemaOfRule } from '../config/field-type.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import type { ModuleLoader } from '../module-loader.ts'
import { isZodSchema, problemsOf } from '../nodes/chat/zod-schema.ts'
import type { Row } from '../sources/source.ts'

/** Throws when a row is not as the task says. */
export type RowCheck = (row: Row) => Promise<void>

/**
 * The check of a task's `schema_config`; undefined where it has none. It changes nothing in the rows.
 *
 * @throws SygraError `bad_config` for what is no schema of zod.
 */
export async function createRowCheck(
  { config, origin }: WorkflowDefinition,
  modules: ModuleLoader,
): Promise<RowCheck | undefined> {
  if (config.schema_config === undefined) return undefined
  const { schema, fields } = config.schema_config
  const where = placeText({ path: ['schema_config', 'schema'] }, origin)
  const given: unknown = typeof schema === 'string' ? await modules.export(schema, where) : schema
  if (given !== undefined && !isZodSchema(given)) {
    throw new SygraError('bad_config', `${where}: expected a schema of zod 4`)
  }
  const schemas = [given, fields === undefined ? undefined : schemaOfFields(fields)].filter(
    (each) => each !== undefined,
  )
  return async (row) => {
    for (const each of schemas) {
      const result = await each['~standard'].validate(row)
      if (result.issues === undefined) continue
      throw new SygraError('row_rejected', `the output row does not fit schema_config: ${problemsOf(result.issues)}`)
    }
  }
}

function schemaOfFields(fields: readonly FieldRule[]): z.ZodType {
  return z.looseObject(Object.fromEntries(fields.map((field) => [field.name, schemaOfRule(field)])))
}
