import type { ModelAddress } from '../model-addresses.ts'
import type { ResolvedModel } from '../resolve-model.ts'

/** Where and how a service that speaks OpenAI's formats is called. */
export interface OpenAIEndpoint {
  /** What paths such as `/chat/completions` are added to. */
  readonly baseUrl: string
  /** Undefined where the key is in a header of its own. */
  readonly bearer: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>> | undefined
}

/** How a model is called at an address. */
export function openaiEndpointOf(model: ResolvedModel, { url = '', token }: ModelAddress): OpenAIEndpoint {
  const isKeyInHeader = takesKeyInHeader(model, url)
  return {
    baseUrl: baseUrlOf(model, url),
    bearer: isKeyInHeader ? undefined : token,
    headers: { ...(isKeyInHeader && token !== undefined ? { 'api-key': token } : {}), ...model.headers },
    query: model.apiVersion === undefined || model.isSimulated ? undefined : { 'api-version': model.apiVersion },
  }
}

/** The address that `/chat/completions` and `/models` are added to. */
export function baseUrlOf(model: ResolvedModel, url: string): string {
  if (model.type !== 'azure_openai' || model.isSimulated) return url
  if (/\/openai\/(v1|deployments\/)/.test(url)) return url
  return `${url.replace(/\/openai$/, '')}/openai/deployments/${encodeURIComponent(model.upstreamModel)}`
}

/** True for Azure's endpoints that take the key in a header of its own; its serverless ones take a bearer token. */
function takesKeyInHeader({ type, isSimulated }: ResolvedModel, url: string): boolean {
  if (isSimulated) return false
  return type === 'azure_openai' || (type === 'azure' && !/\.models\.ai\.azure\.com(\/|$)/.test(url))
}
