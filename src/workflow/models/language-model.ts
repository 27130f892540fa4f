import type { LanguageModelV3 } from '@ai-sdk/provider'
import { SygraError } from '../../errors.ts'
import { trackFetch } from '../../instrument/fetch.ts'
import type { ResolvedModel } from './resolve-model.ts'

/**
 * A client for a model at one address. Its fetch is tracked, so that it does not depend on the global one. The clients of
 * the rarer services are loaded when they are needed.
 */
export async function createLanguageModel(model: ResolvedModel, url: string | undefined): Promise<LanguageModelV3> {
  const fetch = trackFetch(globalThis.fetch)
  const { upstreamModel, token, headers } = model
  switch (model.type) {
    case 'anthropic': {
      const { createAnthropic } = await load(() => import('@ai-sdk/anthropic'), '@ai-sdk/anthropic@3', model)
      return createAnthropic({ apiKey: token, baseURL: url, headers, fetch })(upstreamModel)
    }
    case 'bedrock': {
      const { createAmazonBedrock } = await load(
        () => import('@ai-sdk/amazon-bedrock'),
        '@ai-sdk/amazon-bedrock@4',
        model,
      )
      return createAmazonBedrock({ region: model.region, baseURL: url, headers, fetch })(upstreamModel)
    }
    case 'vertex_ai': {
      const { createVertex } = await load(() => import('@ai-sdk/google-vertex'), '@ai-sdk/google-vertex@4', model)
      return createVertex({ baseURL: url, headers, fetch })(upstreamModel)
    }
    default:
      return createOpenAICompatibleModel(model, url ?? '', fetch)
  }
}

/** The name under which parameters that the common interface does not know are handed to the client. */
export const extraParametersKey = 'sygra'

async function createOpenAICompatibleModel(model: ResolvedModel, url: string, fetch: typeof globalThis.fetch) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const isAzure = model.type === 'azure_openai' || model.type === 'azure'
  const provider = createOpenAICompatible({
    name: extraParametersKey,
    baseURL: isAzure ? azureBaseUrl(url, model.upstreamModel) : url,
    // Azure takes its key in a header of its own.
    apiKey: isAzure ? undefined : model.token,
    headers: isAzure && model.token !== undefined ? { 'api-key': model.token, ...model.headers } : { ...model.headers },
    queryParams: isAzure && model.apiVersion !== undefined ? { 'api-version': model.apiVersion } : undefined,
    includeUsage: true,
    supportsStructuredOutputs: true,
    transformRequestBody: (body) => requestBodyFor(model, body),
    fetch,
  })
  return provider.chatModel(model.upstreamModel)
}

function azureBaseUrl(url: string, deployment: string): string {
  if (/\/openai\/(v1|deployments\/)/.test(url)) return url
  return `${url.replace(/\/openai$/, '')}/openai/deployments/${encodeURIComponent(deployment)}`
}

// OpenAI's reasoning models refuse `max_tokens` and want the newer name; other services know the older one only.
function requestBodyFor(model: ResolvedModel, body: Record<string, unknown>): Record<string, unknown> {
  const isReasoning = model.type !== 'vllm' && /^(o\d|gpt-5)/.test(model.upstreamModel)
  if (!isReasoning || body.max_tokens === undefined) return body
  const { max_tokens, ...rest } = body
  return { ...rest, max_completion_tokens: max_tokens }
}

async function load<Module>(importModule: () => Promise<Module>, name: string, model: ResolvedModel): Promise<Module> {
  try {
    return await importModule()
  } catch (error) {
    throw new SygraError(
      'missing_package',
      `model "${model.name}" (${model.type}) needs the package ${name}: npm install ${name}`,
      { cause: error },
    )
  }
}
