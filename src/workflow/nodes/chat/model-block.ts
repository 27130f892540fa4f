import { z } from 'zod'
import { closedObject } from '../../config/closed-object.ts'
import { mediaTypeSchema } from '../../models/models-config.ts'

const fieldTypes = [
  'str',
  'string',
  'int',
  'integer',
  'float',
  'number',
  'bool',
  'boolean',
  'list',
  'array',
  'list[str]',
  'list[int]',
  'list[float]',
  'list[bool]',
  'list[dict]',
  'dict',
  'object',
] as const

const field = closedObject({
  type: z.enum(fieldTypes),
  description: z.string().optional().describe('Told to the model.'),
})

const fields = closedObject({
  fields: z.record(z.string(), field).describe('The keys that the answer must have.'),
})

const reference = z.string().regex(/^[^#]+#[^#]+$/, { error: './file.ts#export' })

const standardSchema = z
  .custom<z.ZodType>((value) => typeof value === 'object' && value !== null && '~standard' in value)
  .meta({ typescriptOnly: true })

/** A schema for answers: fields, `./file.ts#export` naming a zod schema, or from TypeScript the zod schema itself. */
export const answerSchemaSchema = z.union([reference, fields, standardSchema], {
  error: 'fields, or a zod schema as ./file.ts#export',
})

/** How the answer of a model is made to fit a schema. */
export const structuredOutputSchema = closedObject({
  enabled: z.boolean().optional().describe('True by default.'),
  schema: answerSchemaSchema,
  fallback_strategy: z
    .enum(['instruction', 'post_process'])
    .optional()
    .describe('For models without a native mode: tell them the schema, or only read it from the answer.'),
  retry_on_parse_error: z.boolean().optional().describe('Ask again when the answer does not fit; true by default.'),
  max_parse_retries: z.number().int().min(0).optional().describe('How often to ask again; 2 by default.'),
})

export type StructuredOutputConfig = z.infer<typeof structuredOutputSchema>
export type AnswerSchema = z.infer<typeof answerSchemaSchema>

/** Parameters of models that people write beside the name of the model. */
export const placesOfParameters = new Set([
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'reasoning_effort',
])

const languageModel = z
  .custom<object>((value) => typeof value === 'object' && value !== null && 'doGenerate' in value)
  .optional()
  .meta({ typescriptOnly: true })

const block = closedObject(
  {
    name: z.string().min(1).describe('Its name in models.yaml, else a model of OpenAI.'),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Sent with every request; they go before those of models.yaml.'),
    structured_output: structuredOutputSchema.optional(),
    input_type: mediaTypeSchema.describe('As in models.yaml; audio: a model that writes down what is said.'),
    output_type: mediaTypeSchema.describe('As in models.yaml; text by default.'),
    // A model object of the AI SDK in place of a name that is looked up.
    language_model: languageModel,
  },
  (key) => {
    if (key === 'provider') return 'the service of a model stands in models.yaml, as its model_type'
    return placesOfParameters.has(key) ? 'write it under "parameters"' : undefined
  },
)

/** Which model a node asks: its name alone, or with its parameters. */
export const modelBlockSchema = z.union(
  [
    z
      .string()
      .min(1)
      .transform((name): z.infer<typeof block> => ({ name })),
    block,
  ],
  { error: 'the name of a model, or a map with its "name"' },
)

export type ModelBlock = z.infer<typeof modelBlockSchema>
