import { SygraError } from '../../../errors.ts'
import { extraParametersOf } from '../call-parameters.ts'
import { askableMediaModel } from '../media-object.ts'
import { type AskableModel, askableModelOf } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import { type ClientParts, missingPackage } from './client-parts.ts'
import { imagesOf } from './media-prompt.ts'

/**
 * A client for Bedrock's Converse interface: with an API key, with access keys, else with whatever the AWS SDK finds, such as
 * a profile or a role.
 */
export async function createBedrockClient({ model, address, fetch }: ClientParts): Promise<AskableModel> {
  const { createAmazonBedrock } = await loadBedrock(model)
  const { region, accessKeyId, secretAccessKey, sessionToken } = model.settings
  const hasKeys = address.token !== undefined || (accessKeyId !== undefined && secretAccessKey !== undefined)
  const provider = createAmazonBedrock({
    region,
    apiKey: address.token,
    accessKeyId,
    secretAccessKey,
    sessionToken,
    credentialProvider: hasKeys ? undefined : await credentialProviderOf(model),
    baseURL: address.url,
    headers: { ...model.headers },
    fetch,
  })
  if (model.purpose === 'images') return askableMediaModel(provider.image(model.upstreamModel), imagesOf(model))
  return withExtraParameters(askableModelOf(provider(model.upstreamModel)), model.parameters)
}

async function loadBedrock(model: ResolvedModel) {
  try {
    return await import('@ai-sdk/amazon-bedrock')
  } catch (error) {
    throw missingPackage('@ai-sdk/amazon-bedrock', model, error)
  }
}

async function credentialProviderOf({ name }: ResolvedModel) {
  try {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
    return defaultProvider()
  } catch (error) {
    throw new SygraError(
      'missing_key',
      `model "${name}" (bedrock) has no key: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or in .env; for profiles and roles, npm install @aws-sdk/credential-provider-node@3`,
      { cause: error },
    )
  }
}

/** The body is signed, so parameters that the common interface does not know go the way that the client has for them. */
function withExtraParameters(model: AskableModel, parameters: Readonly<Record<string, unknown>>): AskableModel {
  const extra = extraParametersOf(parameters)
  if (Object.keys(extra).length === 0) return model
  return {
    provider: model.provider,
    modelId: model.modelId,
    doGenerate: (options) =>
      model.doGenerate({
        ...options,
        providerOptions: { ...options.providerOptions, bedrock: { additionalModelRequestFields: extra } },
      }),
  }
}
