import { z } from 'zod'

/** Kinds of model service that `model_type` may name. */
export const modelTypes = [
  'openai',
  'azure_openai',
  'azure',
  'vllm',
  'tgi',
  'ollama',
  'triton',
  'mistralai',
  'openai_compatible',
  'anthropic',
  'bedrock',
  'vertex_ai',
  'gemini',
] as const

export type ModelType = (typeof modelTypes)[number]

/** One entry of `models.yaml`. */
export const modelEntrySchema = z.strictObject({
  model_type: z.string().describe('Kind of service: openai, azure_openai, vllm, tgi, ollama, anthropic, bedrock, …'),
  model: z.string().optional().describe("The provider's name of the model; the alias when left out."),
  model_serving_name: z.string().optional().describe('The name under which a vLLM server serves the model.'),
  api_version: z.string().optional().describe('Azure OpenAI: version of its interface.'),
  url: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Address of the service; SYGRA_<ALIAS>_URL goes before it.'),
  parameters: z.record(z.string(), z.unknown()).optional().describe('Sent with every request.'),
  headers: z.record(z.string(), z.string()).optional(),
  retry_attempts: z.number().int().min(1).max(100).optional().describe('Attempts for one call; 6 by default.'),
  max_retries: z
    .number()
    .int()
    .min(0)
    .max(99)
    .optional()
    .describe('Retries of one call, where retry_attempts says nothing.'),
  delay: z.number().nonnegative().optional().describe('Milliseconds before every attempt; 0 by default.'),
  retry_first_wait_seconds: z
    .number()
    .nonnegative()
    .optional()
    .describe('Upper end of the first wait; 0.5 by default.'),
  retry_max_wait_seconds: z.number().nonnegative().optional().describe('Longest wait of our own; 30 by default.'),
  retry_max_server_wait_seconds: z
    .number()
    .nonnegative()
    .optional()
    .describe('A server that asks for a longer wait is not waited for; 120 by default.'),
  timeout: z.number().positive().optional().describe('Seconds for one attempt; 120 by default.'),
  load_balancing: z.enum(['round_robin', 'least_requests']).optional(),
  pricing: z.unknown().optional().describe("The user's own prices; see docs/pricing.md."),
  region: z.string().optional().describe('Bedrock: AWS region.'),
})

export const modelsFileSchema = z.record(z.string(), modelEntrySchema)

export type ModelEntry = z.infer<typeof modelEntrySchema>
export type ModelsFile = z.infer<typeof modelsFileSchema>
