import type { JSONSchema7 } from '@ai-sdk/provider'
import { z } from 'zod'
import { messageOf, SygraError } from '../../../errors.ts'
import { schemaOfFieldType } from '../../config/field-type.ts'
import type { AnswerSchema } from './model-block.ts'
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
