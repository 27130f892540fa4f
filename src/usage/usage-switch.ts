/** Who answers a stream with its usage when it is asked by `stream_options.include_usage`, and where that is written. */
interface Asked {
  /** The end of the host's name. */
  readonly end: string
  /** For Azure: the first version of the interface that knows it. */
  readonly since?: string
  readonly source: string
}

const azure = 'Azure/azure-rest-api-specs issue 29157: 400 before 2024-09-01-preview, which has it'

/**
 * Those that need not be asked are left out: Groq, OpenRouter, xAI, Mistral, Perplexity, Moonshot, Fireworks and Together tell
 * it in every stream. So is whoever refuses it: Mistral, and Mistral's models at Azure's Foundry, with a 422 (BerriAI/litellm
 * issue 11696, openai/openai-agents-python issue 442).
 */
const asked: readonly Asked[] = [
  { end: 'api.openai.com', source: 'the `ChatCompletionStreamOptions` of the package openai, 6' },
  { end: '.openai.azure.com', since: '2024-09-01', source: azure },
  { end: '.openai.azure.us', since: '2024-09-01', source: azure },
  { end: '.cognitiveservices.azure.com', since: '2024-09-01', source: azure },
  { end: 'api.deepseek.com', source: 'api-docs.deepseek.com/api/create-chat-completion' },
  { end: 'generativelanguage.googleapis.com', source: 'ai.google.dev/gemini-api/docs/openai' },
  { end: 'dashscope.aliyuncs.com', source: 'help.aliyun.com, the interface in the manner of OpenAI' },
  { end: 'dashscope-intl.aliyuncs.com', source: 'the same' },
]

/**
 * Whether a host is known to take the switch. A host of one's own network is: vLLM, SGLang, llama.cpp, Ollama, LM Studio, TGI
 * and LiteLLM do (their servers' sources, 2026-11).
 */
export function takesUsageSwitch({ hostname, searchParams }: URL): boolean {
  if (isOfOwnNetwork(hostname)) return true
  const known = asked.find(({ end }) => hostname === end || hostname.endsWith(end.startsWith('.') ? end : `.${end}`))
  if (known === undefined) return false
  const version = searchParams.get('api-version')
  return known.since === undefined || version === null || !/^\d{4}-/.test(version) || version >= known.since
}

function isOfOwnNetwork(hostname: string): boolean {
  // The machine itself, and the addresses that lead no further than its own network (RFC 4193, RFC 4291).
  if (hostname.startsWith('[')) return /^\[(::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/.test(hostname)
  if (!hostname.includes('.')) return true
  return /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|\.(local|internal|lan|localhost)$/.test(hostname)
}
