/** Host names by their end, with the provider's id as the price list has it. */
const providersByHostEnd: readonly (readonly [string, string])[] = [
  ['api.openai.com', 'openai'],
  ['.openai.azure.com', 'azure'],
  ['.openai.azure.us', 'azure'],
  ['.cognitiveservices.azure.com', 'azure'],
  ['.ai.azure.com', 'azure'],
  ['.azure-api.net', 'azure'],
  ['api.anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'google'],
  ['-aiplatform.googleapis.com', 'google'],
  ['aiplatform.googleapis.com', 'google'],
  ['api.mistral.ai', 'mistral'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.x.ai', 'x-ai'],
  ['openrouter.ai', 'openrouter'],
  ['api.together.xyz', 'together'],
  ['api.together.ai', 'together'],
  ['api.fireworks.ai', 'fireworks'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.cerebras.ai', 'cerebras'],
  ['api.cohere.com', 'cohere'],
  ['api.cohere.ai', 'cohere'],
  ['api.moonshot.ai', 'moonshotai'],
  ['api.moonshot.cn', 'moonshotai'],
  ['api.novita.ai', 'novita'],
  ['api.minimax.io', 'minimax'],
  ['api.z.ai', 'zai'],
  ['open.bigmodel.cn', 'zhipuai'],
  ['api.githubcopilot.com', 'github-copilot'],
  ['api.voyageai.com', 'voyageai'],
  ['api.sambanova.ai', 'sambanova'],
  ['integrate.api.nvidia.com', 'nvidia'],
  ['ollama.com', 'ollama'],
  ['.huggingface.cloud', 'huggingface'],
  ['.huggingface.co', 'huggingface'],
]

/** Bedrock's regions, its FIPS and VPC endpoints; other hosts of Amazon's may be anyone's server. */
const bedrockHost = /(^|\.)bedrock-[\w.-]+\.(amazonaws\.com(\.cn)?|api\.aws)$/

/** The provider that serves this URL, by its host; undefined for a host that is not known, such as one's own server. */
export function providerOfHost(url: URL): string | undefined {
  const { hostname } = url
  if (bedrockHost.test(hostname)) return 'aws'
  for (const [end, provider] of providersByHostEnd) {
    if (hostname.endsWith(end) && isWholeLabel(hostname, end)) {
      return provider === 'huggingface' ? huggingFaceProvider(url) : provider
    }
  }
  // A gateway in front of Azure keeps its paths.
  return url.pathname.includes('/openai/deployments/') ? 'azure' : undefined
}

/** `notopenrouter.ai` is not `openrouter.ai`; `eu.api.openai.com` is OpenAI. */
function isWholeLabel(hostname: string, end: string): boolean {
  return /^[.-]/.test(end) || hostname.length === end.length || hostname[hostname.length - end.length - 1] === '.'
}

/** The router has one path for each provider behind it, `/groq/openai/v1/…`, and prices differ. */
function huggingFaceProvider(url: URL): string {
  const first = url.hostname === 'router.huggingface.co' ? url.pathname.split('/')[1] : undefined
  return first === undefined || first === '' || first === 'v1' || first === 'hf-inference'
    ? 'huggingface'
    : `huggingface_${first}`
}
