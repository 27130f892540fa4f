import { mightBeModelEndpoint } from './model-endpoint.ts'

// What looks like a call to a model and is in no wire format, so that it can be said that nothing of it is known.

/**
 * Hosts that serve models and little else, beside those that the wire formats name. Their own documentation names them; seen
 * on 2026-11-28.
 */
const hosts =
  /(^|[.-])(api\.(replicate|stability|ai21|assemblyai|deepgram|elevenlabs|aleph-alpha|reka|writer|upstage|cartesia|hume|cohere|jina|runwayml|dev\.runwayml|lumalabs|bfl|hyperbolic|inference|studio\.nebius|tokenfactory\.nebius|lambda|friendli|lepton|featherless|arliai|mancer|venice|siliconflow|baichuan-ai|stepfun|lingyiwanwu|01|deepinfra|portkey|cerebras|sambanova)\.(com|ai|io|net|xyz|cn|dev|ml)|fal\.run|ai-gateway\.vercel\.sh|gateway\.ai\.cloudflare\.com|dashscope[\w-]*\.aliyuncs\.com|volces\.com|ml\.cloud\.ibm\.com|snowflakecomputing\.com|runtime\.sagemaker\.[\w-]+\.amazonaws\.com|inference\.generativeai\.[\w-]+\.oci\.oraclecloud\.com|cloud\.databricks\.com|azuredatabricks\.net|models\.github\.ai|models\.inference\.ai\.azure\.com|helicone\.ai|hconeai\.com|modal\.run|baseten\.co|runpod\.ai)$/

/** Of these hosts only a part serves models. */
const partlyModels = /snowflakecomputing\.com$|databricks\.com$|azuredatabricks\.net$|modal\.run$|api\.cloudflare\.com$/

/** Ends of paths that mean a model on any host. */
const paths =
  /\/(chat\/completions|completions|embeddings|rerank|images\/(generations|edits|variations)|audio\/(speech|transcriptions|translations)|moderations|text-to-speech\/[^/]+(\/stream)?|speech-to-text|invocations|ml\/v\d+\/text\/\w+|text\/(generation|chat)|cortex\/inference:complete|predictions|ai\/run\/.+|infer)$|:(generateContent|streamGenerateContent|predict|serverStreamingPredict|predictLongRunning|rawPredict|streamRawPredict|embedContent|batchEmbedContents|batchGenerateContent|asyncBatchEmbedContent|generateAnswer|bidiGenerateContent)$|\/v\d+\/(responses|messages|videos|batches|interactions)$/

/** At providers: what asks no model, or costs nothing by itself. From their references; seen on 2026-11-28. */
const harmless =
  /\/(files|uploads|parts|complete|cancel|count_tokens|input_tokens|tokenize|tokens|detokenize|vector_stores|file_batches|search|assistants|threads|conversations|items|containers|client_secrets|sessions|webhooks|models|copy|show|pull|push|create|delete|blobs\/[^/]+|feedback|evals|organization|projects|api_keys|invites|users|token|oauth2?|auth|check|events?|telemetry|traces|ingest|datasets|caches|cachedContents|memory-stores|skills|accept|reject|hangup|refer)(\/|$)|:(countTokens|computeTokens|register|upload|cancel|import)$|^\/(upload|organization|auth|oauth|token)\b|^\/?$/

/** A look that costs next to nothing, at a URL that no wire format knows. */
export function mightBeUnknownEndpoint(url: string): boolean {
  const [start, end] = placeOf(url)
  const slash = url.indexOf('/', start)
  const hostEnd = slash === -1 || slash > end ? end : slash
  const host = url.slice(start, hostEnd).replace(/^[^/]*@|:\d+$/g, '')
  return hosts.test(host) || host === 'api.cloudflare.com' || paths.test(url.slice(hostEnd, end))
}

/**
 * Whether a POST to a URL that no wire format takes is to be told of. `provider` is who serves its host, where the wire
 * formats know that.
 */
export function isUnknownModelCall({ hostname, pathname }: URL, provider: string | undefined): boolean {
  const path = pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  if (paths.test(path)) return true
  const isModelHost = provider !== undefined || (hosts.test(hostname) && !partlyModels.test(hostname))
  return isModelHost && !harmless.test(path)
}

/** Ends of paths of sockets that talk to a model on any host: Realtime, Responses, Gemini's Live. */
const socketPaths = /\/(realtime|responses)$|\.BidiGenerateContent(Constrained)?$/

/** A look that costs next to nothing, at the URL of a WebSocket. */
export function mightBeModelSocket(url: string): boolean {
  const [start, end] = placeOf(url)
  return socketPaths.test(url.slice(start, end)) || mightBeModelEndpoint(url) || mightBeUnknownEndpoint(url)
}

/** Whether a WebSocket to a URL leads to a model. `provider` is who serves its host, where the wire formats know that. */
export function isModelSocket({ hostname, pathname }: URL, provider: string | undefined): boolean {
  return socketPaths.test(pathname) || provider !== undefined || hosts.test(hostname)
}

/** Parts that follow one of these name something of the caller's own. */
const owners: ReadonlySet<string> = new Set([
  ...['accounts', 'batches', 'containers', 'files', 'jobs', 'organizations', 'projects', 'predictions', 'runs'],
  ...['tenants', 'threads', 'users', 'vector_stores', 'videos', 'workspaces', 'text-to-speech'],
])

/** A path as it may be written and counted: `{id}` for what names one thing, never a key that a path may hold. */
export function pathWithoutIds(pathname: string): string {
  const parts = pathname.split('/')
  return parts
    .slice(0, 12)
    .map((part, index) => (owners.has(parts[index - 1] ?? '') && !isVerb(part) ? '{id}' : withoutIds(part)))
    .join('/')
    .slice(0, 200)
}

function isVerb(part: string): boolean {
  return part === '' || /^[a-z_]{1,12}$/.test(part)
}

function withoutIds(part: string): string {
  const colon = part.lastIndexOf(':')
  const method = colon > 0 && /^:[A-Za-z]{3,40}$/.test(part.slice(colon)) ? part.slice(colon) : ''
  const name = method === '' ? part : part.slice(0, colon)
  return (isId(name) ? '{id}' : name) + method
}

/** Numbers, digests and random texts are ids; names of models and versions of interfaces are none. */
function isId(name: string): boolean {
  if (/^\d{3,}$/.test(name) || /%|@/.test(name) || name.length > 80) return true
  return name.split(/[-_.~=+]/).some((word) => {
    if (word.length >= 20) return true
    const isMixed = /\d/.test(word) && /[a-z]/i.test(word)
    return (isMixed && word.length >= 6 && !/^[a-z]+\d{1,2}$|^v\d+\w*$|^\d+[a-z]$/.test(word)) || /^\d{9,}$/.test(word)
  })
}

function placeOf(url: string): readonly [start: number, end: number] {
  const scheme = url.indexOf('://')
  const query = url.search(/[?#]/)
  return [scheme === -1 ? 0 : scheme + 3, query === -1 ? url.length : query]
}
