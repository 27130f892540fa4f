import { z } from 'zod'
import { closedObject } from './closed-object.ts'
import { structuredOutputSchema } from './structured-output-config.ts'

const parameterNames = new Set([
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

/** Which model a node asks, and with which parameters. */
export const modelBlockSchema = closedObject(
  {
    name: z.string().min(1).describe('Its name in models.yaml, else a model of OpenAI.'),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Sent with every request; they go before those of models.yaml.'),
    structured_output: structuredOutputSchema.optional(),
    // A model object of the AI SDK in place of a name that is looked up.
    language_model: languageModel,
  },
  (key) => (parameterNames.has(key) ? `write it under "parameters"` : undefined),
)

export type ModelBlock = z.infer<typeof modelBlockSchema>
