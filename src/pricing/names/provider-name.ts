import { priceTable } from '../table/genai-prices.ts'

/** Spellings of a provider, reduced to letters and digits, and its id in the price table. */
const providerBySpelling: ReadonlyMap<string, string> = new Map([
  ...spellings('openai', 'openai'),
  ...spellings(
    'azure',
    'azure azureai azureopenai azureaiopenai azureaiinference azurecognitiveservices azurefoundry microsoftfoundry',
  ),
  ...spellings('aws', 'aws bedrock amazonbedrock awsbedrock bedrockconverse bedrockmantle bedrockruntime'),
  ...spellings('anthropic', 'anthropic'),
  ...spellings('google', 'google gemini googlegemini googlegenerativeai googlegenai gcpgemini gcpgenai'),
  ...spellings('google', 'vertex vertexai googlevertex googlevertexai gcpvertexai vertexaianthropic'),
  ...spellings('mistral', 'mistral mistralai mistralapi codestral textcompletioncodestral'),
  ...spellings('x-ai', 'xai'),
  ...spellings('deepseek', 'deepseek'),
  ...spellings('cohere', 'cohere cohereapi'),
  ...spellings('groq', 'groq'),
  ...spellings('openrouter', 'openrouter'),
  ...spellings('together', 'together togetherai'),
  ...spellings('fireworks', 'fireworks fireworksai'),
  ...spellings('perplexity', 'perplexity perplexityai'),
  ...spellings('cerebras', 'cerebras'),
  ...spellings('moonshotai', 'moonshot moonshotai'),
  ...spellings('novita', 'novita novitaai'),
  ...spellings('minimax', 'minimax'),
  ...spellings('zai', 'zai zaiorg'),
  ...spellings('voyageai', 'voyage voyageai'),
  ...spellings('cloudflare', 'cloudflare workersai'),
  ...spellings('github-copilot', 'githubcopilot'),
])

/** Servers that people run themselves: their tokens have no price. */
const serverBySpelling: ReadonlyMap<string, string> = new Map([
  ...spellings('vLLM', 'vllm hostedvllm'),
  ...spellings('TGI', 'tgi textgenerationinference'),
  ...spellings('Ollama', 'ollama ollamachat'),
  ...spellings('Triton', 'triton'),
  ...spellings('SGLang', 'sglang'),
  ...spellings('llama.cpp', 'llamacpp llamafile'),
  ...spellings('LM Studio', 'lmstudio'),
])

/**
 * The price table's id of a provider, from any usual spelling of it: a `model_type`, an AI SDK provider (`openai.chat`), an
 * OpenTelemetry name (`aws.bedrock`) or the id itself. Only a whole name counts: `openai-compatible` is not OpenAI.
 */
export function providerNamed(name: string): string | undefined {
  const spelled = providerBySpelling.get(lettersOf(name))
  if (spelled !== undefined) return spelled
  const id = name.trim().toLowerCase()
  return priceTable().findProvider({ providerId: id })?.id === id ? id : undefined
}

/** The name of a self-hosted server such as `vLLM`, from a `model_type` or a provider; undefined for anything else. */
export function serverNamed(name: string): string | undefined {
  return serverBySpelling.get(lettersOf(name))
}

/** True for a router, which is not who sells: the name of the model tells that. */
export function isRouter(name: string): boolean {
  return lettersOf(name) === 'litellm'
}

function spellings(id: string, words: string): [string, string][] {
  return words.split(' ').map((word) => [word, id])
}

// The AI SDK appends the kind of its interface: `openai.chat`.
function lettersOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.(?:chat|responses|messages|completions?|embeddings?)$/, '')
    .replace(/[^a-z0-9]/g, '')
}
