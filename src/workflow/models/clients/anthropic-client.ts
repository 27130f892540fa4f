import { extraParametersOf } from '../call-parameters.ts'
import { type AskableModel, askableModelOf } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import { type ClientParts, changingBody, missingPackage } from './client-parts.ts'

/** A client for Claude at Anthropic. Parameters that the common interface does not know are sent as they are. */
export async function createAnthropicClient({ model, address, fetch }: ClientParts): Promise<AskableModel> {
  const { createAnthropic } = await loadAnthropic(model)
  const extra = extraParametersOf(model.parameters)
  const provider = createAnthropic({
    apiKey: address.token,
    baseURL: address.url,
    headers: { ...model.headers },
    fetch: Object.keys(extra).length === 0 ? fetch : changingBody(fetch, (body) => ({ ...body, ...extra })),
  })
  return askableModelOf(provider(model.upstreamModel))
}

async function loadAnthropic(model: ResolvedModel) {
  try {
    return await import('@ai-sdk/anthropic')
  } catch (error) {
    throw missingPackage('@ai-sdk/anthropic', model, error)
  }
}
