import type { JSONSchema7 } from '@ai-sdk/provider'
import { z } from 'zod'
import { SygraError } from '../../errors.ts'
import { schemaOfFieldType } from '../config/field-type.ts'
import type { AnswerSchema } from '../config/model-block.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { isZodSchema, problemsOf } from './zod-schema.ts'

/** What the answers of a model must look like. */
export interface AnswerForm {
  readonly jsonSchema: JSONSchema7
  /** True when the schema says everything that OpenAI's strict mode asks for: every key required, no other key. */
  readonly isStrict: boolean
  /** The keys an answer may have. */
  readonly keys: readonly string[]
  /** The value as the schema gives it, or what is wrong with it. */
  readonly check: (value: unknown) => Promise<{ readonly value: unknown } | { readonly problem: string }>
}

/**
 * The form that a zod schema, or the fields of a task, ask for.
 *
 * @throws SygraError `bad_config` for what is no zod schema or describes no object.
 */
export function answerFormOf(schema: Exclude<AnswerSchema, string>, where: string): AnswerForm {
  const zodSchema = 'fields' in schema && !isZodSchema(schema) ? schemaOfFields(schema.fields) : schema
  if (!isZodSchema(zodSchema)) {
    throw new SygraError('bad_config', `${where}: expected a schema of zod 4, or fields`)
  }
  const { jsonSchema, isStrict } = jsonSchemaOf(zodSchema, where)
  if (jsonSchema.type !== undefined && jsonSchema.type !== 'object') {
    throw new SygraError(
      'bad_config',
      `${where}: the schema of an answer describes ${String(jsonSchema.type)}; expected an object, as models answer with one`,
    )
  }
  return {
    jsonSchema,
    isStrict,
    keys: Object.keys(jsonSchema.properties ?? {}),
    async check(value) {
      const result = await zodSchema['~standard'].validate(value)
      return result.issues === undefined ? { value: result.value } : { problem: problemsOf(result.issues) }
    },
  }
}

type Fields = Extract<AnswerSchema, { fields: unknown }>['fields']

function schemaOfFields(fields: Fields): z.ZodType {
  const entries = Object.entries(fields).map(([name, { type, description }]) => {
    const schema = schemaOfFieldType(type) ?? z.unknown()
    return [name, description === undefined ? schema : schema.describe(description)] as const
  })
  return z.object(Object.fromEntries(entries))
}
