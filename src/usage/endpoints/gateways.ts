import { URL } from '../../platform.ts'
import type { AnswerFacts, AnswerHeaders, HostRule } from '../wire-format.ts'

/** The names by which gateways call providers, where the price table has others. */
const providersByGatewayName: Readonly<Record<string, string>> = {
  'google-ai-studio': 'google',
  'google-vertex-ai': 'google',
  'vertex-ai': 'google',
  gemini: 'google',
  'azure-openai': 'azure',
  'azure-ai': 'azure',
  'aws-bedrock': 'aws',
  bedrock: 'aws',
  grok: 'x-ai',
  xai: 'x-ai',
  'workers-ai': 'cloudflare',
  'perplexity-ai': 'perplexity',
  'mistral-ai': 'mistral',
  'together-ai': 'together',
  'fireworks-ai': 'fireworks',
  voyage: 'voyageai',
  moonshot: 'moonshotai',
}

const sameNames: ReadonlySet<string> = new Set([
  ...['openai', 'anthropic', 'google', 'azure', 'aws', 'mistral', 'x-ai', 'groq', 'deepseek', 'openrouter', 'together'],
  ...[
    'fireworks',
    'perplexity',
    'cerebras',
    'cohere',
    'moonshotai',
    'novita',
    'huggingface',
    'cloudflare',
    'deepinfra',
  ],
  'voyageai',
])

/** The provider that a gateway means by this name; undefined for one that is not known. */
export function providerOfGatewayName(name: string): string | undefined {
  const key = name.toLowerCase()
  return providersByGatewayName[key] ?? (sameNames.has(key) ? key : undefined)
}

/** Gateways that name the provider by their host or in the path. */
export const gatewayHosts: readonly HostRule[] = [
  // https://gateway.ai.cloudflare.com/v1/{account}/{gateway}/{provider}/…
  {
    end: 'gateway.ai.cloudflare.com',
    provider: ({ pathname }) => providerOfGatewayName(pathname.split('/')[4] ?? ''),
  },
  ...['oai.helicone.ai', 'oai.hconeai.com'].map((end) => ({ end, provider: 'openai' })),
  ...['anthropic.helicone.ai', 'anthropic.hconeai.com'].map((end) => ({ end, provider: 'anthropic' })),
  ...['gateway.helicone.ai', 'gateway.hconeai.com', 'ai-gateway.helicone.ai', 'api.portkey.ai'].map((end) => ({
    end,
    provider: () => undefined,
  })),
]

/** Headers of a request by which a gateway is told whom to ask. */
export const gatewayRequestHeaders: readonly string[] = ['helicone-target-url', 'x-portkey-provider']

/** The provider that a request names to a gateway in its headers. */
export function providerInHeaders(
  header: (name: string) => string | undefined,
  providerOfHost: (url: URL) => string | undefined,
): string | undefined {
  const target = header('helicone-target-url')
  if (target !== undefined) return providerOfText(target, providerOfHost)
  const name = header('x-portkey-provider')
  return name === undefined ? undefined : providerOfGatewayName(name.replace(/^@/, ''))
}

/**
 * What the headers of an answer tell of a gateway: whether it answered from what it had kept (which is not the provider's
 * own cache of prompts), the cost it states, and who answered.
 */
export function readGatewayHeaders(
  headers: AnswerHeaders,
  { isStream, providerOfHost }: { isStream: boolean; providerOfHost: (url: URL) => string | undefined },
): AnswerFacts {
  const facts: { -readonly [Name in keyof AnswerFacts]: AnswerFacts[Name] } = {}
  const cost = amountOf(headers.get('x-litellm-response-cost'))
  const isLitellmHit = headers.get('x-litellm-cache-key') !== null && (cost ?? 0) === 0
  if (isLitellmHit || isHit(headers)) facts.isGatewayCacheHit = true
  // Before a stream is over its cost is not known, and then a cost of 0 says nothing.
  if (cost !== undefined && (cost > 0 || !isStream || isLitellmHit)) facts.reportedCostUsd = cost
  const base = headers.get('x-litellm-model-api-base')
  const provider = base === null ? undefined : providerOfText(base, providerOfHost)
  if (provider !== undefined) facts.provider = provider
  return facts
}

/** Cloudflare, Helicone, OpenRouter and Portkey; the last may have found an answer to a prompt that is merely alike. */
const cacheHeaders = ['cf-aig-cache-status', 'helicone-cache', 'x-openrouter-cache-status', 'x-portkey-cache-status']

function isHit(headers: AnswerHeaders): boolean {
  return cacheHeaders.some((name) => /(^|\s)hit$/i.test(headers.get(name) ?? ''))
}

function amountOf(text: string | null): number | undefined {
  return text !== null && /^\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : undefined
}

function providerOfText(text: string, providerOfHost: (url: URL) => string | undefined): string | undefined {
  try {
    return providerOfHost(new URL(text))
  } catch {
    return undefined
  }
}
