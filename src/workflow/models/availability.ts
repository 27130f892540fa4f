import { baseUrlOf } from './clients/openai-client.ts'
import type { ModelAddress } from './model-addresses.ts'
import type { ResolvedModel } from './resolve-model.ts'

/** A request that costs nothing and shows whether a model can be called. */
export interface AvailabilityProbe {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The answer lists every model that is served there, so that one that is not listed is not served. */
  readonly listsAll: boolean
}

/** The probe for a model at one of its addresses; undefined where its service has nothing to ask without cost. */
export function probeOf(model: ResolvedModel, address: ModelAddress): AvailabilityProbe | undefined {
  const { url, token } = address
  if (url === undefined || model.isSimulated) return undefined
  switch (model.type) {
    case 'bedrock':
    case 'vertex_ai':
    case 'azure':
      return undefined
    case 'anthropic':
      return probe(`${url}/models/${encodeURIComponent(model.upstreamModel)}`, model, {
        ...(token === undefined ? {} : { 'x-api-key': token }),
        'anthropic-version': '2023-06-01',
      })
    case 'gemini':
      return probe(
        `${url}/models/${model.upstreamModel}`,
        model,
        token === undefined ? {} : { 'x-goog-api-key': token },
      )
    case 'azure_openai':
      return probe(azureModelsUrl(model, url), model, token === undefined ? {} : { 'api-key': token })
    default: {
      const bearer = { authorization: `Bearer ${token}` }
      return { ...probe(`${url}/models`, model, token === undefined ? {} : bearer), listsAll: listsAll(model, url) }
    }
  }
}

/** What is surely wrong with an answer to the probe; undefined when the model may be called. */
export function problemIn(
  { status, body }: { readonly status: number; readonly body: unknown },
  { model, listsAll }: { readonly model: ResolvedModel; readonly listsAll: boolean },
): string | undefined {
  // A key that may call models need not be allowed to list them, and many gateways have no list.
  if (status === 401) return 'refuses the key (401)'
  if (status === 502 || status === 503 || status === 504) return `is not ready (${status})`
  if (status !== 200 || !listsAll) return undefined
  const names = namesIn(body)
  if (names === undefined || isServed(model.upstreamModel, names)) return undefined
  const served = names.length === 0 ? 'no model' : names.slice(0, 8).join(', ')
  return `does not serve "${model.upstreamModel}", but ${served}${names.length > 8 ? ', …' : ''}`
}

function probe(url: string, { headers }: ResolvedModel, own: Readonly<Record<string, string>>): AvailabilityProbe {
  return { url, headers: { ...own, ...headers }, listsAll: false }
}

function azureModelsUrl(model: ResolvedModel, url: string): string {
  const base = baseUrlOf(model, url).replace(/\/openai\/deployments\/.*$/, '/openai')
  const version = model.apiVersion === undefined ? '' : `?api-version=${encodeURIComponent(model.apiVersion)}`
  return `${base}/models${version}`
}

function listsAll({ type }: ResolvedModel, url: string): boolean {
  return type === 'vllm' || type === 'ollama' || (type === 'openai' && new URL(url).hostname === 'api.openai.com')
}

function namesIn(body: unknown): readonly string[] | undefined {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined
  if (!Array.isArray(data)) return undefined
  return data.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string' ? [item.id] : [],
  )
}

// Ollama lists what it serves with its tag, and takes the latest when none is named.
function isServed(name: string, names: readonly string[]): boolean {
  return names.includes(name) || names.includes(`${name}:latest`)
}
