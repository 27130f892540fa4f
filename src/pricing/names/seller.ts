import { type ModelName, providerOfFamily } from './model-name.ts'
import { isRouter, providerNamed, serverNamed } from './provider-name.ts'
import { readProviderUrl } from './provider-url.ts'

/** Who is paid for a request. */
export type Seller =
  | { readonly type: 'provider'; readonly provider: string }
  | { readonly type: 'self-hosted'; readonly server: string }
  | { readonly type: 'unknown'; readonly reason: string }

interface SellerClues {
  readonly name: ModelName
  readonly provider?: string
  readonly modelType?: string
  readonly url?: string
  readonly isSimulated?: boolean
}

/**
 * Decides who is paid. What the caller states counts first, then the host of the URL, a prefix of the name, and last the
 * family of the name. A server that one runs oneself is free, unless the URL is that of a provider who charges.
 */
export function sellerOf({ name, provider, modelType, url, isSimulated }: SellerClues): Seller {
  if (provider?.endsWith('-subscription')) return unknown(paidBySubscription)
  // The address of a simulator says nothing.
  const place = url === undefined || isSimulated === true ? undefined : readProviderUrl(url)
  if (place?.isOllamaCloud) return unknown('Ollama’s cloud publishes no price per token')
  const server = firstOf([modelType, provider], serverNamed)
  if (server !== undefined) return selfHosted(server, name, place?.provider)

  const stated = firstOf([provider, modelType], providerNamed)
  const known = stated ?? place?.provider
  if (known !== undefined) return { type: 'provider', provider: known }
  if (provider !== undefined && provider !== '' && !isRouter(provider)) {
    return unknown(`there is no price list for provider "${provider}"`)
  }
  if (name.server !== undefined) return selfHosted(name.server, name, undefined)
  const named = name.provider ?? providerOfFamily(name.bare, { isServedElsewhere: place !== undefined })
  if (named !== undefined) return { type: 'provider', provider: named }
  return unknown(
    place === undefined
      ? `the provider of "${name.whole}" is not known; state it`
      : `${place.host} is no known provider; state the provider, or vllm, tgi, ollama or triton for a server of your own`,
  )
}

const paidBySubscription =
  'a subscription pays for it: a token has no price; map the model under models: in prices.yaml to see what it would cost by the API'

function selfHosted(server: string, name: ModelName, paidProvider: string | undefined): Seller {
  if (paidProvider !== undefined) return { type: 'provider', provider: paidProvider }
  // Ollama's own server forwards these to its paid cloud.
  if (server === 'Ollama' && /[:-]cloud$/.test(name.bare)) return unknown('Ollama’s cloud publishes no price per token')
  return { type: 'self-hosted', server }
}

function unknown(reason: string): Seller {
  return { type: 'unknown', reason }
}

function firstOf(
  texts: readonly (string | undefined)[],
  read: (text: string) => string | undefined,
): string | undefined {
  for (const text of texts) {
    const found = text === undefined ? undefined : read(text)
    if (found !== undefined) return found
  }
  return undefined
}
