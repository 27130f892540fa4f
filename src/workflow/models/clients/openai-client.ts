import { z } from 'zod'
import { extraParametersKey } from '../call-parameters.ts'
import type { AskableModel } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import type { ClientParts } from './client-parts.ts'
import { openaiEndpointOf } from './openai-endpoint.ts'

/** A client for a service that speaks OpenAI's chat format: OpenAI itself, Azure, vLLM, TGI, Ollama, Mistral and many more. */
export async function createOpenAIClient({ model, address, fetch }: ClientParts): Promise<AskableModel> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const { baseUrl, bearer, headers, query } = openaiEndpointOf(model, address)
  const isSpeaking = model.purpose === 'speaking-chat'
  const provider = createOpenAICompatible({
    name: extraParametersKey,
    baseURL: baseUrl,
    apiKey: bearer,
    headers: { ...headers },
    queryParams: query === undefined ? undefined : { ...query },
    includeUsage: true,
    supportsStructuredOutputs: true,
    transformRequestBody: (body) => requestBodyFor(model, isSpeaking ? withSpeech(body) : body),
    metadataExtractor: isSpeaking ? speechExtractor(model.parameters) : undefined,
    fetch,
  })
  return provider.chatModel(model.upstreamModel)
}

function requestBodyFor(model: ResolvedModel, body: Record<string, unknown>): Record<string, unknown> {
  if (model.isSimulated) return body
  switch (model.type) {
    case 'openai':
    case 'azure_openai':
      return withNewerLimit(model.upstreamModel, body)
    case 'mistralai':
      return renamed(body, 'seed', 'random_seed')
    case 'tgi':
      return renamed({ ...body, ...grammarOf(body.response_format) }, 'max_new_tokens', 'max_tokens')
    default:
      return body
  }
}

/** Asks a chat model for speech beside its text. */
function withSpeech(body: Record<string, unknown>): Record<string, unknown> {
  const audio = typeof body.audio === 'object' ? body.audio : {}
  return { modalities: ['text', 'audio'], ...body, audio: { voice: 'alloy', format: 'wav', ...audio } }
}

/** Keeps the speech of an answer, for which the common interface has no place. */
function speechExtractor({ audio: asked }: ResolvedModel['parameters']) {
  const format = typeof asked === 'object' && asked !== null && 'format' in asked ? String(asked.format) : 'wav'
  return {
    async extractMetadata({ parsedBody }: { readonly parsedBody: unknown }) {
      const found = spokenAnswer.safeParse(parsedBody)
      if (!found.success) return undefined
      const [
        {
          message: { audio },
        },
      ] = found.data.choices
      return { [extraParametersKey]: { speech: audio.data, transcript: audio.transcript ?? '', format } }
    },
    createStreamExtractor: () => ({ processChunk: () => {}, buildMetadata: () => undefined }),
  }
}

const spokenAnswer = z.looseObject({
  choices: z.tuple(
    [
      z.looseObject({
        message: z.looseObject({ audio: z.looseObject({ data: z.string(), transcript: z.string().nullish() }) }),
      }),
    ],
    z.unknown(),
  ),
})

// OpenAI's reasoning models refuse `max_tokens` and want the newer name; other services know the older one only.
function withNewerLimit(upstreamModel: string, body: Record<string, unknown>): Record<string, unknown> {
  return /^(o\d|gpt-5)/.test(upstreamModel) ? renamed(body, 'max_tokens', 'max_completion_tokens') : body
}

function renamed(body: Record<string, unknown>, from: string, to: string): Record<string, unknown> {
  if (body[from] === undefined) return body
  const { [from]: value, ...rest } = body
  return { ...rest, [to]: value }
}

// TGI takes the schema itself as the value of its grammar.
function grammarOf(format: unknown): { readonly response_format?: unknown } {
  if (typeof format !== 'object' || format === null || !('json_schema' in format)) return {}
  const { json_schema: named } = format
  const schema = typeof named === 'object' && named !== null && 'schema' in named ? named.schema : undefined
  return { response_format: { type: 'json_object', value: schema } }
}
