import { URL } from '../../platform.ts'
import { priceTable } from '../table/genai-prices.ts'

/** What the URL of a request tells about who is paid. */
interface UrlFacts {
  readonly host: string
  /** The price table's id; undefined for a host that is no known provider's. */
  readonly provider?: string
  /** Ollama's paid cloud, which is not somebody's own server. */
  readonly isOllamaCloud?: boolean
}

/** Reads the provider from a URL; undefined when it is no URL. */
export function readProviderUrl(text: string): UrlFacts | undefined {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  const host = url.hostname
  if (/^[a-z]{2}\.api\.openai\.com$/.test(host)) return { host, provider: 'openai' }
  if (host === 'ollama.com' || host.endsWith('.ollama.com')) return { host, isOllamaCloud: true }
  return { host, provider: bedrockOf(host) ?? azureOf(url) ?? tableProviderOf(url) }
}

// The table knows `bedrock-runtime.<region>.amazonaws.com` alone.
function bedrockOf(host: string): string | undefined {
  return /(^|\.)bedrock-(runtime|mantle)[a-z-]*\./.test(host) && /\.(amazonaws\.com(\.cn)?|api\.aws)$/.test(host)
    ? 'aws'
    : undefined
}

// A gateway in front of Azure keeps its paths; the government cloud has its own domain.
function azureOf({ hostname, pathname }: URL): string | undefined {
  return hostname.endsWith('.openai.azure.us') || pathname.includes('/openai/deployments/') ? 'azure' : undefined
}

function tableProviderOf(url: URL): string | undefined {
  return priceTable().findProvider({ providerApiUrl: `${url.protocol}//${url.hostname}${url.pathname}` })?.id
}
