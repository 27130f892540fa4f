import { trackFetch } from '../../instrument/fetch/fetch.ts'
import { currentScope } from '../../runtime/scope.ts'
import { createAnthropicClient } from './clients/anthropic-client.ts'
import { createBedrockClient } from './clients/bedrock-client.ts'
import type { ClientParts } from './clients/client-parts.ts'
import { createGeminiClient, createVertexClient } from './clients/google-client.ts'
import { createImageClient } from './clients/image-client.ts'
import { createOpenAIClient } from './clients/openai-client.ts'
import { createSpeechClient } from './clients/speech-client.ts'
import { fetchWithTls } from './clients/tls-fetch.ts'
import { createTranscriptionClient } from './clients/transcription-client.ts'
import type { ModelAddress } from './model-addresses.ts'
import type { AskableModel } from './model-object.ts'
import type { ResolvedModel } from './resolve-model.ts'

/**
 * A client for a model at one address. The packages of the rarer services are loaded when they are needed.
 *
 * @throws SygraError `missing_package` or `missing_key`.
 */
export async function createLanguageModel(model: ResolvedModel, address: ModelAddress): Promise<AskableModel> {
  const parts = { model, address, fetch: sendingLater(trackFetch(await fetchWithTls(model))) }
  if (model.isSimulated) return createOpenAIModel(parts)
  switch (model.type) {
    case 'anthropic':
      return createAnthropicClient(parts)
    case 'bedrock':
      return createBedrockClient(parts)
    case 'vertex_ai':
      return createVertexClient(parts)
    case 'gemini':
      return createGeminiClient(parts)
    default:
      return createOpenAIModel(parts)
  }
}

async function createOpenAIModel(parts: ClientParts): Promise<AskableModel> {
  switch (parts.model.purpose) {
    case 'chat':
    case 'speaking-chat':
      return createOpenAIClient(parts)
    case 'images':
      return createImageClient(parts)
    case 'speech':
      return createSpeechClient(parts)
    case 'transcription':
      return createTranscriptionClient(parts)
    default:
      return parts.model.purpose satisfies never
  }
}

/** A fetch that hands a request over where its call is one of a batch. */
function sendingLater(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => currentScope()?.sendLater?.(init) ?? fetch(input, init)
}
