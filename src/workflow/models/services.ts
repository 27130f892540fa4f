import type { ModelType } from './models-config.ts'

/** What a kind of model service needs to be called, and how the metadata names it. */
export interface Service {
  /** `model_type` in the metadata file, as the Python system writes it. */
  readonly title: string
  /** Provider in the words of the price list. */
  readonly provider: string
  readonly url?: string
  /** Path that is added to an address which has none, such as `/v1`. */
  readonly defaultPath?: string
  readonly urlVariables: readonly string[]
  readonly needsUrl: boolean
  /** Variables that commonly hold the key, first one first. */
  readonly keyVariables: readonly string[]
  readonly needsKey: boolean
  /** What else the service is told, such as a region. */
  readonly settings: Readonly<Record<string, ServiceSetting>>
}

/** A value that comes from `SYGRA_<ALIAS>_<variable>`, from models.yaml or from a variable that is common for it. */
export interface ServiceSetting {
  /** Names of the variables, first one first. */
  readonly variables: readonly string[]
  /** Its key in models.yaml, where it may stand there: secrets may not. */
  readonly key?: 'region' | 'project' | 'location'
  /** It must be given, unless the address or the key of the service makes up for it. */
  readonly isNeeded?: 'without-url' | 'without-key'
}

const services: Readonly<Record<ModelType, Service>> = {
  openai: {
    ...service('OpenAI', 'openai'),
    url: 'https://api.openai.com/v1',
    urlVariables: ['OPENAI_BASE_URL'],
    keyVariables: ['OPENAI_API_KEY'],
    needsKey: true,
  },
  azure_openai: {
    ...service('AzureOpenAI', 'azure'),
    urlVariables: ['AZURE_OPENAI_ENDPOINT'],
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    needsKey: true,
  },
  azure: {
    ...service('Azure', 'azure'),
    urlVariables: ['AZURE_AI_ENDPOINT', 'AZURE_AI_API_BASE'],
    keyVariables: ['AZURE_AI_API_KEY'],
    needsKey: true,
  },
  vllm: { ...service('VLLM', 'vllm'), defaultPath: '/v1' },
  tgi: { ...service('TGI', 'tgi'), defaultPath: '/v1' },
  triton: { ...service('Triton', 'triton'), defaultPath: '/v1' },
  ollama: { ...service('Ollama', 'ollama'), url: 'http://127.0.0.1:11434/v1', defaultPath: '/v1' },
  mistralai: {
    ...service('MistralAPI', 'mistral'),
    url: 'https://api.mistral.ai/v1',
    defaultPath: '/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    needsKey: true,
  },
  openai_compatible: service('OpenAICompatible', ''),
  anthropic: {
    ...service('Anthropic', 'anthropic'),
    url: 'https://api.anthropic.com/v1',
    urlVariables: ['ANTHROPIC_BASE_URL'],
    defaultPath: '/v1',
    keyVariables: ['ANTHROPIC_API_KEY'],
    needsKey: true,
  },
  bedrock: {
    ...service('Bedrock', 'aws'),
    needsUrl: false,
    urlVariables: ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
    keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
    settings: {
      region: {
        variables: ['AWS_REGION', 'AWS_REGION_NAME', 'AWS_DEFAULT_REGION'],
        key: 'region',
        isNeeded: 'without-url',
      },
      accessKeyId: { variables: ['AWS_ACCESS_KEY_ID'] },
      secretAccessKey: { variables: ['AWS_SECRET_ACCESS_KEY'] },
      sessionToken: { variables: ['AWS_SESSION_TOKEN'] },
    },
  },
  vertex_ai: {
    ...service('VertexAI', 'google'),
    needsUrl: false,
    keyVariables: ['GOOGLE_VERTEX_API_KEY'],
    settings: {
      project: {
        variables: ['VERTEX_PROJECT', 'GOOGLE_VERTEX_PROJECT', 'GOOGLE_CLOUD_PROJECT'],
        key: 'project',
        isNeeded: 'without-key',
      },
      location: {
        variables: ['VERTEX_LOCATION', 'GOOGLE_VERTEX_LOCATION', 'GOOGLE_CLOUD_LOCATION'],
        key: 'location',
        isNeeded: 'without-key',
      },
      credentials: { variables: ['VERTEX_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS'] },
    },
  },
  gemini: {
    ...service('Gemini', 'google'),
    url: 'https://generativelanguage.googleapis.com/v1beta',
    defaultPath: '/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    needsKey: true,
  },
}

export function serviceOf(type: ModelType): Service {
  return services[type]
}

/** A service that needs an address and nothing else. */
function service(title: string, provider: string): Service {
  return { title, provider, needsUrl: true, urlVariables: [], keyVariables: [], needsKey: false, settings: {} }
}
