import { extraParametersOf } from '../call-parameters.ts'
import { askableMediaModel } from '../media-object.ts'
import { type AskableModel, askableModelOf } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import { type ClientParts, changingBody, missingPackage } from './client-parts.ts'
import { imagesOf } from './media-prompt.ts'

/** A client for Gemini by Google's own interface, whose counts tell the reasoning apart. */
export async function createGeminiClient({ model, address, fetch }: ClientParts): Promise<AskableModel> {
  const { createGoogleGenerativeAI } = await loadGoogle(model)
  const provider = createGoogleGenerativeAI({
    apiKey: address.token,
    baseURL: address.url,
    headers: { ...model.headers },
    fetch: withExtraParameters(chatParametersOf(model), fetch),
  })
  return isImagen(model)
    ? askableMediaModel(provider.image(model.upstreamModel), imagesOf(model))
    : askableModelOf(provider(model.upstreamModel))
}

/** A client for Gemini on Vertex AI: with an API key, else with Google's credentials. */
export async function createVertexClient({ model, address, fetch }: ClientParts): Promise<AskableModel> {
  const { createVertex } = await loadVertex(model)
  const { project, location, credentials } = model.settings
  const provider = createVertex({
    project,
    location,
    apiKey: address.token,
    baseURL: address.url,
    headers: { ...model.headers },
    googleAuthOptions: credentials === undefined ? undefined : authOptionsOf(credentials),
    fetch: withExtraParameters(chatParametersOf(model), fetch),
  })
  return isImagen(model)
    ? askableMediaModel(provider.image(model.upstreamModel), imagesOf(model))
    : askableModelOf(provider(model.upstreamModel))
}

/** Imagen has an interface of its own; Gemini makes images in a chat. */
function isImagen({ purpose, upstreamModel }: ResolvedModel): boolean {
  return purpose === 'images' && !/^gemini/i.test(upstreamModel)
}

function chatParametersOf(model: ResolvedModel): ResolvedModel['parameters'] {
  if (model.purpose !== 'images') return model.parameters
  return isImagen(model) ? {} : { responseModalities: ['TEXT', 'IMAGE'], ...model.parameters }
}

// A file with the credentials, or their JSON itself.
function authOptionsOf(credentials: string) {
  return credentials.trimStart().startsWith('{')
    ? { credentials: JSON.parse(credentials) }
    : { keyFilename: credentials }
}

const besideGenerationConfig = new Set(['safetySettings', 'cachedContent', 'labels', 'toolConfig'])

/** Parameters that the common interface does not know are a part of `generationConfig`, but for those that stand beside it. */
function withExtraParameters(
  parameters: Readonly<Record<string, unknown>>,
  fetch: typeof globalThis.fetch,
): typeof globalThis.fetch {
  const extra = Object.entries(extraParametersOf(parameters))
  if (extra.length === 0) return fetch
  const beside = Object.fromEntries(extra.filter(([key]) => besideGenerationConfig.has(key)))
  const within = Object.fromEntries(extra.filter(([key]) => !besideGenerationConfig.has(key)))
  return changingBody(fetch, ({ generationConfig, ...body }) => ({
    ...body,
    ...beside,
    generationConfig: { ...(typeof generationConfig === 'object' ? generationConfig : {}), ...within },
  }))
}

async function loadGoogle(model: ResolvedModel) {
  try {
    return await import('@ai-sdk/google')
  } catch (error) {
    throw missingPackage('@ai-sdk/google', model, error)
  }
}

async function loadVertex(model: ResolvedModel) {
  try {
    return await import('@ai-sdk/google-vertex')
  } catch (error) {
    throw missingPackage('@ai-sdk/google-vertex', model, error)
  }
}
