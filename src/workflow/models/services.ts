import type { ModelType } from './models-config.ts'

/** What a kind of model service needs to be called, and how the metadata names it. */
export interface Service {
  /** `model_type` in the metadata file, as the Python system writes it. */
  readonly title: string
  /** Provider in the words of the price list. */
  readonly provider: string
  readonly url?: string
  readonly urlVariable?: string
  readonly needsUrl: boolean
  /** Variables that commonly hold the key, first one first. */
  readonly keyVariables: readonly string[]
  readonly needsKey: boolean
}

const services: Readonly<Record<ModelType, Service>> = {
  openai: {
    title: 'OpenAI',
    provider: 'openai',
    url: 'https://api.openai.com/v1',
    urlVariable: 'OPENAI_BASE_URL',
    needsUrl: true,
    keyVariables: ['OPENAI_API_KEY'],
    needsKey: true,
  },
  azure_openai: azure('AzureOpenAI'),
  azure: azure('Azure'),
  vllm: selfHosted('VLLM', 'vllm'),
  tgi: selfHosted('TGI', 'tgi'),
  triton: selfHosted('Triton', 'triton'),
  ollama: {
    title: 'Ollama',
    provider: 'ollama',
    url: 'http://127.0.0.1:11434/v1',
    needsUrl: true,
    keyVariables: [],
    needsKey: false,
  },
  mistralai: {
    title: 'MistralAPI',
    provider: 'mistral',
    url: 'https://api.mistral.ai/v1',
    needsUrl: true,
    keyVariables: ['MISTRAL_API_KEY'],
    needsKey: true,
  },
  openai_compatible: {
    title: 'OpenAICompatible',
    provider: '',
    needsUrl: true,
    keyVariables: [],
    needsKey: false,
  },
  anthropic: {
    title: 'Anthropic',
    provider: 'anthropic',
    url: 'https://api.anthropic.com/v1',
    needsUrl: true,
    keyVariables: ['ANTHROPIC_API_KEY'],
    needsKey: true,
  },
  // The AWS and Google clients find their own credentials and addresses.
  bedrock: { title: 'Bedrock', provider: 'aws', needsUrl: false, keyVariables: [], needsKey: false },
  vertex_ai: { title: 'VertexAI', provider: 'google', needsUrl: false, keyVariables: [], needsKey: false },
  gemini: {
    title: 'Gemini',
    provider: 'google',
    url: 'https://generativelanguage.googleapis.com/v1beta/openai',
    needsUrl: true,
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    needsKey: true,
  },
}

export function serviceOf(type: ModelType): Service {
  return services[type]
}

function azure(title: string): Service {
  return {
    title,
    provider: 'azure',
    urlVariable: 'AZURE_OPENAI_ENDPOINT',
    needsUrl: true,
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    needsKey: true,
  }
}

function selfHosted(title: string, provider: string): Service {
  return { title, provider, needsUrl: true, keyVariables: [], needsKey: false }
}
