import { z } from 'zod'
import { closedObject } from './closed-object.ts'
import { fieldRuleSchema } from './field-type.ts'
import { type AnyFunction, functionOrClassSchema } from './function-reference.ts'

const itself = z.custom<AnyFunction>((value) => typeof value === 'function').meta({ typescriptOnly: true })

const outputField = closedObject({
  from: z.string().optional().describe('The state key to take.'),
  value: z.unknown().optional().describe('A fixed value; $path refers into this file.'),
  transform: z
    .union([z.string().min(1), itself], { error: './file.ts#export or a method of the generator' })
    .optional()
    .describe('(value, state) => the value to write; ./file.ts#export or a method of the generator.'),
}).superRefine((field, context) => {
  const isFilled = field.from !== undefined || field.value !== undefined
  if (field.from !== undefined && field.value !== undefined) {
    context.addIssue('found both "from" and "value"; expected one of them')
  }
  if (!isFilled) context.addIssue('found neither "from" nor "value"; expected one of them')
})

const isOff = (value: unknown) => value === undefined || value === false || value === 'no' || value === 'No'

const oasstMapper = z
  .looseObject({ required: z.unknown().optional() })
  .refine(
    ({ required }) => isOff(required),
    'found a request for OASST records, which are not made here; write a generator that makes them (output_config.generator), or required: no',
  )

const dataQuality = z
  .unknown()
  .refine(
    isOff,
    'found data quality tasks, which are not run here; run them as a task of their own over the output (--source)',
  )

/** What is written for a record. */
export const outputConfigSchema = closedObject({
  output_map: z
    .record(z.string(), outputField)
    .optional()
    .describe('Fields of the output, in order; the whole state when left out.'),
  generator: functionOrClassSchema
    .optional()
    .describe('(state) => the record to write, or a class whose methods transform.'),
  preserve_fields: z.array(z.string()).optional().describe('Fields of the input record that are kept in the output.'),
  oasst_mapper: oasstMapper.optional(),
  data_quality: dataQuality.optional(),
})

const expectedSchema = 'a zod schema as ./file.ts#export'

const standardSchema = z
  .custom<z.ZodType>((value) => typeof value === 'object' && value !== null && '~standard' in value)
  .meta({ typescriptOnly: true })

/** What every written record must look like. */
export const schemaConfigSchema = closedObject({
  schema: z
    .union([z.string().regex(/^[^#]+#[^#]+$/, { error: expectedSchema }), standardSchema], { error: expectedSchema })
    .optional(),
  fields: z
    .array(fieldRuleSchema)
    .min(1)
    .optional()
    .describe('Fields with name, type and rules such as is_greater_than.'),
}).superRefine((config, context) => {
  if (config.schema === undefined && config.fields === undefined) {
    context.addIssue('found neither "schema" nor "fields"; expected one of them')
  }
})

const processor = closedObject({
  processor: functionOrClassSchema,
  params: z.record(z.string(), z.unknown()).optional(),
})

/** What runs over all records of the output at the end. */
export const graphPostProcessSchema = z.array(
  z.union([functionOrClassSchema, processor], { error: 'a function reference, or {processor, params}' }),
)

export type OutputField = z.infer<typeof outputField>
