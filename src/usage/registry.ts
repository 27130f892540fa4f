import { type EndpointMatch, matchEndpoint } from './endpoints/endpoint.ts'
import { gatewayHosts, gatewayRequestHeaders, providerInHeaders } from './endpoints/gateways.ts'
import { aiGateway } from './formats/ai-gateway.ts'
import { anthropic } from './formats/anthropic.ts'
import { anthropicBatch, geminiBatch, mistralBatch, openaiBatch } from './formats/batches.ts'
import { bedrockConverse } from './formats/bedrock.ts'
import { bedrockInvoke } from './formats/bedrock-invoke.ts'
import { cohere } from './formats/cohere.ts'
import { databricks } from './formats/databricks.ts'
import { openaiFineTuning, togetherFineTuning } from './formats/fine-tuning.ts'
import { gemini } from './formats/gemini.ts'
import { geminiInteractions } from './formats/gemini-interactions.ts'
import { mistral, mistralConversations, mistralOcr } from './formats/mistral.ts'
import { ollama } from './formats/ollama.ts'
import { openaiSpeech, openaiTranscriptions } from './formats/openai-audio.ts'
import { openaiChat, openaiCompletions } from './formats/openai-chat.ts'
import { openaiEmbeddings } from './formats/openai-embeddings.ts'
import { openaiImages } from './formats/openai-images.ts'
import { openaiModerations } from './formats/openai-moderations.ts'
import { openaiResponses } from './formats/openai-responses.ts'
import { openaiVideos } from './formats/openai-videos.ts'
import { perplexityAsync } from './formats/perplexity-async.ts'
import { rerank } from './formats/rerank.ts'
import { tgi, tgiRoot } from './formats/tgi.ts'
import { vertexPredict, vertexRawPredict } from './formats/vertex.ts'
import { workersAi } from './formats/workers-ai.ts'
import { xai } from './formats/xai.ts'
import type { HostRule, RequestFacts, RequestInHand, WireFormat } from './wire-format.ts'

/** Every wire format, those of one provider before those that any host may speak. */
export const wireFormats: readonly WireFormat[] = [
  mistral,
  mistralOcr,
  mistralConversations,
  xai,
  cohere,
  workersAi,
  perplexityAsync,
  openaiChat,
  openaiResponses,
  ollama,
  openaiEmbeddings,
  openaiCompletions,
  openaiImages,
  openaiTranscriptions,
  openaiSpeech,
  openaiModerations,
  openaiVideos,
  rerank,
  anthropic,
  bedrockConverse,
  bedrockInvoke,
  gemini,
  geminiInteractions,
  vertexPredict,
  vertexRawPredict,
  databricks,
  aiGateway,
  mistralBatch,
  geminiBatch,
  anthropicBatch,
  openaiBatch,
  openaiFineTuning,
  togetherFineTuning,
  tgi,
  tgiRoot,
]

/** A URL that a format knows: what is asked there, of whom, and where its service begins. */
export interface KnownEndpoint extends EndpointMatch {
  readonly format: WireFormat
  /** Who serves it, as the price table names providers; undefined for an unknown host, such as one's own server. */
  readonly provider?: string
  /** Headers of a request that tell more; to be kept until its facts are read. */
  readonly requestHeaders: readonly string[]
  /** What else the same URL may be, where the body shows that it is not this. */
  readonly others: readonly KnownEndpoint[]
}

/** What a set of formats knows of URLs. */
export interface FormatRegistry {
  /** What a request to this URL is; undefined when it is no call to a model that anybody here knows. */
  readonly endpointOf: (url: URL, method?: string) => KnownEndpoint | undefined
  /** The format of this name, for programs that know what their server speaks, such as `tgi-root`. */
  readonly formatNamed: (name: string) => WireFormat | undefined
  /** The provider whose host this is, whatever is asked there. */
  readonly providerOfHost: (url: URL) => string | undefined
}

/** A registry of these formats. */
export function createRegistry(formats: readonly WireFormat[]): FormatRegistry {
  const providerOfHost = createHostTable([...gatewayHosts, ...formats.flatMap(({ hosts = [] }) => hosts)])
  const ownProvidersOf = new Map(formats.map((format) => [format, namedProvidersOf(format.hosts)]))
  const matchesOf = (url: URL, method: string) => {
    const provider = providerOfHost(url)
    const found: Omit<KnownEndpoint, 'others'>[] = []
    for (const format of formats) {
      if (format.isOfItsHostsOnly && !ownProvidersOf.get(format)?.has(provider)) continue
      for (const endpoint of format.endpoints) {
        const match = matchEndpoint(endpoint, url, method)
        if (match === undefined) continue
        found.push({
          ...match,
          format,
          provider: provider ?? format.defaultProvider,
          requestHeaders: [...(format.requestHeaders ?? []), ...(provider === undefined ? gatewayRequestHeaders : [])],
        })
        break
      }
    }
    return found
  }
  return {
    endpointOf(url, method = 'POST') {
      const [first, ...others] = matchesOf(url, method)
      return first === undefined ? undefined : { ...first, others: others.map((other) => ({ ...other, others: [] })) }
    },
    formatNamed: (name) => formats.find((format) => format.name === name),
    providerOfHost,
  }
}

/**
 * What a request to this endpoint is, now that its body is known; undefined when it is no call to a model. The request is
 * asked for only where the URL does not tell.
 */
export function acceptedEndpoint(endpoint: KnownEndpoint, read: () => SentRequest): KnownEndpoint | undefined {
  if (endpoint.format.accepts === undefined) return endpoint
  const sent = read()
  const request = { url: sent.url, body: bodyOf(sent) }
  return [endpoint, ...endpoint.others].find((candidate) => accepts(candidate, request))
}

/** A request as it was sent: its body is JSON, or a form whose fields that are text are known. */
export interface SentRequest extends Pick<RequestInHand, 'url' | 'body' | 'header'> {
  readonly form?: ReadonlyMap<string, string>
}

function bodyOf({ body, form }: SentRequest): unknown {
  return body === undefined && form !== undefined ? Object.fromEntries(form) : body
}

function accepts({ format }: KnownEndpoint, request: RequestInHand): boolean {
  return format.accepts?.(request) !== false
}

/** What a request to this endpoint says of itself. */
export function readRequestFacts(
  { format, endpoint, model, provider }: KnownEndpoint,
  sent: SentRequest,
): RequestFacts {
  const { url, header } = sent
  const facts = format.readRequest({ url, body: bodyOf(sent), header, pathModel: model, path: endpoint.path })
  const named = header === undefined ? undefined : providerInHeaders(header, providerOfHost)
  const known = facts.provider ?? named ?? provider
  const operation = endpoint.operation ?? format.operation
  return {
    ...facts,
    ...(operation === undefined ? {} : { operation }),
    ...(known === undefined ? {} : { provider: known }),
  }
}

function namedProvidersOf(hosts: readonly HostRule[] = []): ReadonlySet<unknown> {
  return new Set(hosts.map(({ provider }) => provider).filter((provider) => typeof provider === 'string'))
}

const registry = createRegistry(wireFormats)

/** The endpoint that this URL is, of the formats that are known. */
export const endpointOf = registry.endpointOf

/** The format that a POST to this URL speaks; undefined when it is no call to a model. */
export function wireFormatOf(url: URL): WireFormat | undefined {
  const found = endpointOf(url)
  return found === undefined || (found.endpoint.role ?? 'call') !== 'call' ? undefined : found.format
}

/** The format of this name, for programs that know what their server speaks, such as `tgi-root`. */
export const wireFormatNamed = registry.formatNamed

/** The provider whose host this is, whatever is asked there; undefined for a host that is not known. */
export const providerOfHost = registry.providerOfHost

/** Tells the provider of a URL by these rules; undefined for a host that none of them names, such as one's own server. */
function createHostTable(rules: readonly HostRule[]): (url: URL) => string | undefined {
  return (url) => {
    for (const rule of rules) {
      if (matches(rule, url)) return typeof rule.provider === 'string' ? rule.provider : rule.provider(url)
    }
    return undefined
  }
}

function matches({ end, containing, pathPart }: HostRule, { hostname, pathname }: URL): boolean {
  if (end !== undefined) return endsWithLabel(hostname, end)
  if (containing !== undefined) return containing.form.test(hostname)
  return pathPart !== undefined && pathname.includes(pathPart)
}

/** `notopenrouter.ai` is not `openrouter.ai`; `eu.api.openai.com` is OpenAI. */
function endsWithLabel(hostname: string, end: string): boolean {
  if (!hostname.endsWith(end)) return false
  return /^[.-]/.test(end) || hostname.length === end.length || hostname[hostname.length - end.length - 1] === '.'
}
