import { extraParametersOf } from '../call-parameters.ts'
import { type AskableModel, askableModelOf } from '../model-object.ts'
import { type ClientParts, changingBody, loadPackage } from './client-parts.ts'

/** A client for Claude at Anthropic. Parameters that the common interface does not know are sent as they are. */
export async function createAnthropicClient({ model, address, fetch }: ClientParts): Promise<AskableModel> {
  const { createAnthropic } = await loadPackage(() => import('@ai-sdk/anthropic'), '@ai-sdk/anthropic', model)
  const extra = extraParametersOf(model.parameters)
  const provider = createAnthropic({
    apiKey: address.token,
    baseURL: address.url,
    headers: { ...model.headers },
    fetch: Object.keys(extra).length === 0 ? fetch : changingBody(fetch, (body) => ({ ...body, ...extra })),
  })
  return askableModelOf(provider(model.upstreamModel))
}
