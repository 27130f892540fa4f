import { baseUrlOf } from '../models/clients/openai-endpoint.ts'
import { fetchWithTls } from '../models/clients/tls-fetch.ts'
import type { ModelClient } from '../models/model-call.ts'
import type { ResolvedModel } from '../models/resolve-model.ts'
import { createBatchHttp } from './batch-http.ts'
import type { BatchService } from './batch-service.ts'

/** True for a model whose provider takes batches. */
export function takesBatches({ resolved }: ModelClient): boolean {
  // Images and speech are made at other addresses than chats are.
  if (resolved?.purpose !== 'chat') return false
  return resolved.isSimulated || ['openai', 'azure_openai', 'anthropic'].includes(resolved.type)
}

/** How the provider of a model takes batches; undefined where it takes none. */
export async function batchServiceOf({ resolved }: ModelClient): Promise<BatchService | undefined> {
  const [address] = resolved?.addresses ?? []
  if (resolved === undefined || address?.url === undefined) return undefined
  const fetch = await fetchWithTls(resolved)
  const { url, token = '' } = address
  const { headers } = resolved
  if (resolved.isSimulated || resolved.type === 'openai') {
    const { createOpenAIBatches } = await import('./openai-batches.ts')
    const http = createBatchHttp({ fetch, baseUrl: url, headers: { authorization: `Bearer ${token}`, ...headers } })
    return createOpenAIBatches({ http, endpoint: '/v1/chat/completions' })
  }
  switch (resolved.type) {
    case 'azure_openai': {
      const { createOpenAIBatches } = await import('./openai-batches.ts')
      const query = resolved.apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(resolved.apiVersion)}`
      const baseUrl = azureBaseOf(resolved, url)
      const http = createBatchHttp({ fetch, baseUrl, query, headers: { 'api-key': token, ...headers } })
      const callUrl = /\/openai\/v1\/?$/.test(baseUrl) ? '/v1/chat/completions' : undefined
      return createOpenAIBatches({ http, endpoint: '/chat/completions', callUrl })
    }
    case 'anthropic': {
      const { createAnthropicBatches } = await import('./anthropic-batches.ts')
      const own = { 'x-api-key': token, 'anthropic-version': '2023-06-01', ...headers }
      return createAnthropicBatches(createBatchHttp({ fetch, baseUrl: url, headers: own }))
    }
    default:
      return undefined
  }
}

/** Batches of Azure belong to the resource, not to a deployment. */
function azureBaseOf(model: ResolvedModel, url: string): string {
  return baseUrlOf(model, url).replace(/\/deployments\/[^/]+\/?$/, '')
}
