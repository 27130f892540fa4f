import { mightBeModelEndpoint } from './model-endpoint.ts'

// What looks like a call to a model and is in no wire format, so that it can be said that nothing of it is known.

/**
 * Hosts that serve models and little else, beside those that the wire formats name. Their own documentation names them; seen
 * on 2026-11-28.
 */
const hosts =
  /(^|[.-])(api\.(minimax|minimaxi|replicate|stability|ai21|assemblyai|deepgram|elevenlabs|aleph-alpha|reka|writer|upstage|cartesia|hume|cohere|jina|runwayml|dev\.runwayml|lumalabs|bfl|hyperbolic|inference|studio\.nebius|tokenfactory\.nebius|lambda|friendli|lepton|featherless|arliai|mancer|venice|siliconflow|baichuan-ai|stepfun|lingyiwanwu|01|deepinfra|portkey|cerebras|sambanova)\.(com|ai|io|net|xyz|cn|dev|ml|chat)|[rs]\.jina\.ai|segment\.jina\.ai|hunyuan\.tencentcloudapi\.com|fal\.run|ai-gateway\.vercel\.sh|gateway\.ai\.cloudflare\.com|dashscope[\w-]*\.aliyuncs\.com|volces\.com|ml\.cloud\.ibm\.com|snowflakecomputing\.com|runtime\.sagemaker\.[\w-]+\.amazonaws\.com|inference\.generativeai\.[\w-]+\.oci\.oraclecloud\.com|cloud\.databricks\.com|azuredatabricks\.net|models\.github\.ai|models\.inference\.ai\.azure\.com|helicone\.ai|hconeai\.com|modal\.run|baseten\.co|runpod\.ai)$/

/** Of these hosts only a part serves models: what it is is told by its path alone. */
const partlyModels =
  /snowflakecomputing\.com$|databricks\.com$|azuredatabricks\.net$|modal\.run$|^api\.cloudflare\.com$|^api\.kimi\.com$|^chatgpt\.com$/

/** These hosts serve at their root. */
const servesAtRoot = /^(r|s|segment)\.jina\.ai$|^hunyuan\.tencentcloudapi\.com$/

/** Ends of paths that mean a model on any host. */
const paths =
  /\/(chat\/completions|completions|chatcompletion(_v2|_pro)?|embeddings|rerank|v\d+\/ocr|images\/(generations|edits|variations)|audio\/(speech|transcriptions|translations)|moderations|text-to-speech\/[^/]+(\/stream)?|speech-to-text|invocations|async-invoke|model-invocation-job|batchPredictionJobs|v\d+\/threads\/([^/]+\/)?runs|ml\/v\d+\/text\/\w+|text\/(generation|chat)|cortex\/(inference:complete|agent:run|analyst\/message)|predictions|fine_tuning\/jobs|fine-tunes|tuningJobs|model-customization-jobs|ai\/run\/.+|infer)$|:(generateContent|streamGenerateContent|predict|serverStreamingPredict|predictLongRunning|rawPredict|streamRawPredict|embedContent|batchEmbedContents|batchGenerateContent|asyncBatchEmbedContent|generateAnswer|bidiGenerateContent)$|\/v\d+\/(responses|messages|videos|batches|interactions)$|^\/(v\d+\/)?(completion|infill)$/

/**
 * At providers: ends of paths that ask no model and cost nothing by themselves; what may follow is the id of the thing. From
 * their references; seen on 2026-11-28.
 */
const harmlessEnds: ReadonlySet<string> = new Set([
  ...['files', 'uploads', 'parts', 'vector_stores', 'file_batches', 'blobs', 'datasets', 'skills', 'memory-stores'],
  ...['count_tokens', 'count-tokens', 'input_tokens', 'tokenize', 'tokenize-text', 'detokenize', 'tokens'],
  ...[
    'assistants',
    'threads',
    'conversations',
    'items',
    'submit_tool_outputs',
    'webhooks',
    'models',
    'evals',
    'feedback',
  ],
  ...[
    'cancel',
    'pause',
    'resume',
    'permissions',
    'copy',
    'show',
    'pull',
    'push',
    'create',
    'delete',
    'import',
    'check',
  ],
  ...['api_keys', 'keys', 'invites', 'users', 'token', 'oauth', 'oauth2', 'auth', 'telemetry', 'traces', 'ingest'],
  ...['accept', 'reject', 'hangup', 'refer', 'event_logging', 'metrics'],
])

const harmless =
  /\/vector_stores\/[^/]+\/search$|\/uploads\/[^/]+\/complete$|\/threads\/[^/]+\/messages(\/[^/]+)?$|\/event_logging\/|:(countTokens|computeTokens|register|upload|cancel|import)$|^\/(v1\/)?organizations?\/|^\/(auth|oauth|token)\b|^\/upload\b(?!.*:uploadToFileSearchStore$)/

function isHarmless(path: string): boolean {
  if (harmless.test(path)) return true
  const parts = path.split('/')
  const last = parts.at(-1) ?? ''
  if (harmlessEnds.has(last)) return true
  return !isVerb(last) && harmlessEnds.has(parts.at(-2) ?? '')
}

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
  if (path === '/') return servesAtRoot.test(hostname)
  if (partlyModels.test(hostname)) return false
  return (provider !== undefined || hosts.test(hostname)) && !isHarmless(path)
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
    return (isMixed && word.length >= 6 && !/^[a-z]+\d{1,2}$|^v\d\w*$|^\d+[a-z]$/.test(word)) || /^\d{9,}$/.test(word)
  })
}

function placeOf(url: string): readonly [start: number, end: number] {
  const scheme = url.indexOf('://')
  const query = url.search(/[?#]/)
  return [scheme === -1 ? 0 : scheme + 3, query === -1 ? url.length : query]
}
