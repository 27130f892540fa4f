import { z } from 'zod'
import type { SygraError } from '../../errors.ts'
import { closedObject } from '../config/closed-object.ts'
import { functionTextSchema } from '../config/function-reference.ts'

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

/** What removes `<think>…</think>` from an answer, by its name and by its path in the Python system. */
export const thinkRemovers = ['RemoveThinkData', 'sygra.core.models.model_postprocessor.RemoveThinkData'] as const

/** What a model takes or gives besides text. */
export const mediaTypeSchema = z.enum(['text', 'image', 'audio']).optional()

const name = z.string().min(1)
const wait = z.number().nonnegative().optional()
const withoutEffect = z.unknown().optional().describe('Known to the Python system; without effect here.')

/** One entry of `models.yaml`. */
export const modelEntrySchema = closedObject(
  {
    model_type: z.enum(modelTypes).describe('The kind of service that serves the model.'),
    model: name.optional().describe("The provider's name of the model, or Azure's deployment; else the alias."),
    model_serving_name: name.optional().describe('The name under which a server of your own serves the model.'),
    url: z
      .union([name, z.array(name).min(1)])
      .optional()
      .describe('Address of the service, or several to share the requests; SYGRA_<ALIAS>_URL goes before it.'),
    load_balancing: z
      .enum(['round_robin', 'least_requests'])
      .optional()
      .describe('Which of several addresses is next: each in turn (default), or the one with the fewest requests.'),
    api_version: name.optional().describe('Azure: the version of its interface, such as 2024-10-21.'),
    region: name.optional().describe('Bedrock: the AWS region.'),
    project: name.optional().describe('Vertex AI: the Google Cloud project.'),
    location: name.optional().describe('Vertex AI: the location, such as us-central1 or global.'),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Sent with every request, such as temperature or max_tokens; those of a node go before them.'),
    headers: z.record(z.string(), z.string()).optional().describe('Sent with every request.'),
    timeout: z.number().positive().optional().describe('Seconds for one attempt; 120 by default.'),
    retry_attempts: z.number().int().min(1).max(100).optional().describe('Attempts for one call; 6 by default.'),
    max_retries: z
      .number()
      .int()
      .min(0)
      .max(99)
      .optional()
      .describe('Retries of one call, where retry_attempts says nothing.'),
    delay: wait.describe('Milliseconds before every attempt; 0 by default.'),
    retry_first_wait_seconds: wait.describe('Upper end of the first wait; 0.5 by default.'),
    retry_max_wait_seconds: wait.describe('Longest wait of our own; 30 by default.'),
    retry_max_server_wait_seconds: wait.describe(
      'A server that asks for a longer wait is not waited for; 120 by default.',
    ),
    ssl_verify: z.boolean().optional().describe('false: the certificate of the server is not checked.'),
    ssl_cert: name.optional().describe('A file with the certificates (PEM) that are trusted as well.'),
    pricing: z.unknown().optional().describe('Prices of your own; see docs/pricing.md.'),
    backend: withoutEffect,
    client_type: withoutEffect,
    hf_chat_template_model_id: withoutEffect,
    modify_tokenizer: withoutEffect,
    special_tokens: withoutEffect,
    input_type: mediaTypeSchema.describe(
      'audio: a model that writes down what is said, such as whisper-1; a chat model needs no such word.',
    ),
    output_type: mediaTypeSchema.describe(
      'image: a model that makes images; audio: one that reads a text aloud, or a chat model that speaks, such as gpt-audio.',
    ),
    image_capabilities: z
      .looseObject({
        prompt_char_limit: z.number().int().positive().optional(),
        max_edit_images: z.number().int().positive().optional(),
      })
      .optional()
      .describe(
        'How long a prompt may be and how many images it may have; a record with more fails before it is sent.',
      ),
    multi_modal: withoutEffect,
    completions_api: withoutEffect,
    chat_template_params: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('For the chat template of the server: sent as chat_template_kwargs.'),
    additional_params: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Sent with every request as it is; "parameters" go before them.'),
    post_process: functionTextSchema
      .or(z.enum(thinkRemovers))
      .optional()
      .describe(
        '(text) => text, for every answer of the model: ./file.ts#export, relative to the task, or RemoveThinkData.',
      ),
    json_payload: withoutEffect,
    payload_key: withoutEffect,
    stats_interval: withoutEffect,
  },
  placeOf,
)

/** Aliases, each with its model. */
export const modelsFileSchema = z.record(z.string().min(1), modelEntrySchema)

export type ModelEntry = z.infer<typeof modelEntrySchema>

/** Entries by alias; for one that cannot be used the error that says why, which is thrown when it is asked for. */
export type ModelsFile = Readonly<Record<string, ModelEntry | SygraError>>

const parameterNames = new Set([
  ...['temperature', 'max_tokens', 'max_completion_tokens', 'top_p', 'top_k', 'stop', 'seed'],
  ...['presence_penalty', 'frequency_penalty', 'reasoning_effort'],
])

/** Where a key belongs that people write into an entry although it has another place, or none. */
function placeOf(key: string): string | undefined {
  if (parameterNames.has(key)) return 'write it under "parameters"'
  switch (key) {
    case 'token':
    case 'auth_token':
    case 'api_key':
      return 'keys do not stand in files: set SYGRA_<ALIAS>_TOKEN in the environment or in .env'
    case 'structured_output':
      return 'write it under "model" of the node'
    default:
      return undefined
  }
}

/** The JSON Schema of `models.yaml`, so that editors complete and check it. */
export function modelsJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(modelsFileSchema, { io: 'input' })
  return { $schema, title: 'models.yaml of sygra', ...rest }
}
