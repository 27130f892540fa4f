import { expect, test } from 'vitest'
import { acceptedEndpoint, endpointOf, readRequestFacts } from '../../src/usage/registry.ts'

/** What a request is, or `none` where it is no call to a model. */
interface Asked {
  readonly format?: string
  readonly [fact: string]: unknown
}

function asked(url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Asked {
  const parsed = new URL(url)
  const known = endpointOf(parsed)
  const header = (name: string) => (known?.requestHeaders.includes(name) ? headers[name] : undefined)
  const sent = { url: parsed, body, header }
  const endpoint = known === undefined ? undefined : acceptedEndpoint(known, () => sent)
  return endpoint === undefined ? {} : { format: endpoint.format.name, ...readRequestFacts(endpoint, sent) }
}

/** Of what was read that which is expected of it. */
function namesOf(facts: Asked, read: Asked): Asked {
  return Object.fromEntries(Object.keys(facts).map((name) => [name, read[name]]))
}

const messages = [{ role: 'user', content: 'x' }]
const google = 'https://generativelanguage.googleapis.com/v1beta'
const vertex = 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1'
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model'
const gateway = 'https://ai-gateway.vercel.sh/v3/ai'

test.each<[url: string, body: unknown, facts: Asked]>([
  [
    'https://api.openai.com/v1/chat/completions',
    { model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } },
    { format: 'openai-chat', model: 'gpt-4o-mini', operation: 'chat', isStream: true, asksForUsage: true },
  ],
  [
    'https://api.openai.com/v1/chat/completions',
    { model: 'gpt-4o-mini', messages, stream: true },
    { format: 'openai-chat', isStream: true, asksForUsage: false },
  ],
  // Azure's deployment stands in the path, before what the body may say.
  [
    'https://x.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21',
    { model: 'ignored', messages },
    { format: 'openai-chat', model: 'my gpt', provider: 'azure', isStream: false },
  ],
  [
    'https://adb-1.azuredatabricks.net/serving-endpoints/llama/invocations',
    { messages, stream: true },
    { format: 'databricks', model: 'llama', provider: 'databricks', isStream: true, asksForUsage: false },
  ],
  [
    'https://api.mistral.ai/v1/agents/completions',
    { agent_id: 'ag:1', messages },
    { format: 'mistral', model: 'ag:1', provider: 'mistral', operation: 'chat', isStream: false },
  ],
  [
    'https://api.mistral.ai/v1/conversations',
    { agent_id: 'ag:1', inputs: 'x', stream: true },
    { format: 'mistral-conversations', model: 'ag:1', operation: 'chat', isStream: true },
  ],
  [
    'https://api.mistral.ai/v1/ocr',
    { model: 'mistral-ocr-latest', document: {}, bbox_annotation_format: { type: 'json_schema' } },
    { format: 'mistral-ocr', operation: 'ocr', isStream: false, parameters: { annotated: true } },
  ],
  [
    'https://api.mistral.ai/v1/ocr',
    { model: 'mistral-ocr-latest', document: {}, document_annotation_format: { type: 'json_schema' } },
    { format: 'mistral-ocr', parameters: { annotated: true } },
  ],
  [
    'https://api.mistral.ai/v1/ocr',
    { model: 'mistral-ocr-latest', document: {}, bbox_annotation_format: null },
    { format: 'mistral-ocr', parameters: {} },
  ],
  [
    'https://api.cohere.com/v2/chat',
    { model: 'command-a', messages, stream: true, thinking: { budget_tokens: 100 } },
    { format: 'cohere', operation: 'chat', isStream: true, parameters: { budget_tokens: 100 } },
  ],
  ['https://api.cohere.com/v1/embed', { model: 'embed-v4.0' }, { operation: 'embeddings', isStream: false }],
  ['https://api.cohere.com/v2/rerank', { model: 'rerank-v3.5' }, { format: 'cohere', operation: 'rerank' }],
  ['https://api.cohere.com/v1/classify', { model: 'm' }, { format: 'cohere', operation: 'classification' }],
  ['https://api.cohere.com/v1/generate', { model: 'm' }, { format: 'cohere', operation: 'text_completion' }],
  ['https://api.cohere.com/v1/summarize', { model: 'm' }, { format: 'cohere', operation: 'text_completion' }],
  [
    'https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct',
    { prompt: 'x', stream: true },
    { format: 'workers-ai', model: '@cf/meta/llama-3.1-8b-instruct', provider: 'cloudflare', isStream: true },
  ],
  [
    'https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct',
    { prompt: 'x' },
    { format: 'workers-ai', isStream: false },
  ],
  [
    'https://api.perplexity.ai/async/chat/completions',
    { request: { model: 'sonar-deep-research', messages, max_tokens: 9 } },
    { format: 'perplexity-async', model: 'sonar-deep-research', isStream: false, parameters: { max_tokens: 9 } },
  ],
  [
    'https://api.anthropic.com/v1/messages',
    { model: 'claude', max_tokens: 9, messages, stream: true, output_config: { effort: 'low' } },
    { format: 'anthropic', operation: 'chat', isStream: true, parameters: { max_tokens: 9, effort: 'low' } },
  ],
  [
    `${vertex}/publishers/anthropic/models/claude-3:streamRawPredict`,
    { messages, max_tokens: 9 },
    { format: 'anthropic', model: 'claude-3', isStream: true },
  ],
  [
    `${vertex}/publishers/anthropic/models/claude-3:rawPredict`,
    { messages, max_tokens: 9 },
    { format: 'anthropic', model: 'claude-3', isStream: false },
  ],
  [
    `${vertex}/publishers/mistralai/models/codestral:rawPredict`,
    { model: 'codestral', messages },
    { format: 'vertex-raw-predict', model: 'codestral', operation: 'chat', isStream: false },
  ],
  [
    `${vertex}/publishers/mistralai/models/codestral:rawPredict`,
    { messages, stream: true },
    { format: 'vertex-raw-predict', isStream: true },
  ],
  [
    `${vertex}/publishers/mistralai/models/codestral:streamRawPredict`,
    { model: 'other', messages },
    { format: 'vertex-raw-predict', model: 'codestral', isStream: true },
  ],
  [
    `${vertex}/publishers/google/models/imagen-4.0:predict`,
    { instances: [], parameters: { language: 'en' } },
    { format: 'vertex-predict', model: 'imagen-4.0', isStream: false, parameters: { language: 'en' } },
  ],
  [
    `${google}/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
    { contents: [], generationConfig: { temperature: 1, thinkingConfig: { thinkingBudget: 5 } } },
    {
      format: 'gemini',
      model: 'gemini-2.5-pro',
      operation: 'generate_content',
      isStream: true,
      parameters: { temperature: 1, thinkingBudget: 5 },
    },
  ],
  [
    `${google}/models/gemini-2.5-pro:generateContent`,
    { contents: [], generation_config: { temperature: 1 } },
    { format: 'gemini', isStream: false, parameters: { temperature: 1 } },
  ],
  [`${google}/models/e:embedContent`, { content: {} }, { format: 'gemini', operation: 'embeddings', isStream: false }],
  [`${google}/models/e:batchEmbedContents`, {}, { format: 'gemini', operation: 'embeddings' }],
  [
    `${google}/interactions`,
    { agent: 'deep-research', input: 'x', stream: true, generation_config: { seed: 1 } },
    {
      format: 'gemini-interactions',
      model: 'deep-research',
      operation: 'generate_content',
      isStream: true,
      parameters: { seed: 1 },
    },
  ],
  [
    `${google}/interactions`,
    { model: 'gemini-3', input: 'x' },
    { format: 'gemini-interactions', model: 'gemini-3', isStream: false },
  ],
  [
    `${bedrock}/meta.llama3/invoke-with-response-stream`,
    { prompt: 'x', max_gen_len: 7 },
    { format: 'bedrock-invoke', model: 'meta.llama3', isStream: true, parameters: { max_gen_len: 7 } },
  ],
  [
    `${bedrock}/amazon.titan/invoke`,
    { inputText: 'x', textGenerationConfig: { maxTokenCount: 7 } },
    { format: 'bedrock-invoke', isStream: false, parameters: { maxTokenCount: 7 } },
  ],
  [
    `${bedrock}/amazon.nova/invoke`,
    { messages, inferenceConfig: { maxTokens: 7 } },
    { format: 'bedrock-invoke', parameters: { maxTokens: 7 } },
  ],
  [
    `${bedrock}/amazon.nova/converse-stream`,
    { messages, inferenceConfig: { maxTokens: 7 }, additionalModelRequestFields: { top_k: 3 } },
    { format: 'bedrock-converse', operation: 'chat', isStream: true, parameters: { maxTokens: 7, top_k: 3 } },
  ],
  [
    `${bedrock}/amazon.nova/converse`,
    { messages, guardrailConfig: { guardrailIdentifier: 'g' } },
    {
      format: 'bedrock-converse',
      isStream: false,
      doubts: ['a guardrail is charged by the text that it reads, which the answer does not count'],
    },
  ],
  // Ollama streams unless it is told not to, and never what it embeds.
  [
    'http://localhost:11434/api/chat',
    { model: 'm', messages, options: { num_ctx: 5 } },
    { format: 'ollama', operation: 'chat', isStream: true, parameters: { num_ctx: 5 } },
  ],
  [
    'http://localhost:11434/api/generate',
    { model: 'm', prompt: 'x', stream: false },
    { format: 'ollama', operation: 'text_completion', isStream: false },
  ],
  ['http://localhost:11434/api/embed', { model: 'm', input: 'x' }, { operation: 'embeddings', isStream: false }],
  ['http://localhost:11434/api/embeddings', { model: 'm', prompt: 'x' }, { operation: 'embeddings', isStream: false }],
  [
    'http://tgi:3000/generate_stream',
    { inputs: 'x', parameters: { max_new_tokens: 3 } },
    { format: 'tgi', model: 'tgi', operation: 'text_completion', isStream: true, parameters: { max_new_tokens: 3 } },
  ],
  ['http://tgi:3000/generate', { inputs: 'x' }, { format: 'tgi', model: 'tgi', isStream: false }],
  [
    'https://api-inference.huggingface.co/models/org/gpt2',
    { inputs: 'x', stream: true },
    { format: 'tgi-root', model: 'org/gpt2', provider: 'huggingface', isStream: true },
  ],
  [
    'https://api.openai.com/v1/embeddings',
    { model: 'e', input: 'x', stream: true },
    { format: 'openai-embeddings', operation: 'embeddings', isStream: false },
  ],
  [
    'https://api.jina.ai/v1/rerank',
    { model: 'r', query: 'x', documents: [], stream: true },
    { format: 'rerank', operation: 'rerank', provider: 'jina', isStream: false },
  ],
  [
    'https://api.openai.com/v1/moderations',
    { input: 'x', stream: true },
    { format: 'openai-moderations', model: 'omni-moderation-latest', operation: 'moderation', isStream: false },
  ],
  [
    'https://api.openai.com/v1/completions',
    { model: 'm', prompt: 'x', stream: true },
    { format: 'openai-completions', operation: 'text_completion', isStream: true, asksForUsage: false },
  ],
  // A form has its switches as texts.
  [
    'https://api.openai.com/v1/audio/transcriptions',
    { model: 'whisper-1', stream: 'true' },
    { format: 'openai-transcriptions', operation: 'transcription', isStream: true },
  ],
  ['https://api.openai.com/v1/audio/transcriptions', { model: 'w', stream: true }, { isStream: true }],
  ['https://api.openai.com/v1/audio/translations', { model: 'w', stream: 'false' }, { isStream: false }],
  [
    'https://api.openai.com/v1/audio/speech',
    { model: 'gpt-4o-mini-tts', input: 'x', stream_format: 'sse' },
    { format: 'openai-speech', operation: 'speech', isStream: true, usage: undefined },
  ],
  [
    'https://api.openai.com/v1/audio/speech',
    { model: 'tts-1', input: 'héé', stream: true },
    { format: 'openai-speech', isStream: false, usage: { fees: [{ unit: 'character', quantity: 3 }] } },
  ],
  [
    'https://api.openai.com/v1/videos',
    { prompt: 'x', seconds: '4' },
    { format: 'openai-videos', model: 'sora-2', operation: 'video_generation', isStream: false },
  ],
  ['https://api.openai.com/v1/videos/video_1/remix', { prompt: 'x' }, { format: 'openai-videos', model: undefined }],
  ['https://api.openai.com/v1/videos', { model: 'sora-2-pro', seconds: '4' }, { model: 'sora-2-pro' }],
  // Without a model, and without what only newer models take, it is the oldest that is asked.
  [
    'https://api.openai.com/v1/images/generations',
    { prompt: 'x' },
    { format: 'openai-images', model: 'dall-e-2', operation: 'image_generation' },
  ],
  ...['background', 'moderation', 'output_format', 'output_compression', 'input_fidelity'].map(
    (name): [string, unknown, Asked] => [
      'https://api.openai.com/v1/images/generations',
      { prompt: 'x', [name]: 'low' },
      { format: 'openai-images', model: undefined },
    ],
  ),
  ['https://api.openai.com/v1/images/generations', undefined, { format: 'openai-images', model: undefined }],
  ['https://api.openai.com/v1/images/edits', { model: 'gpt-image-1', image: 'x' }, { model: 'gpt-image-1' }],
  ['https://api.openai.com/v1/images/variations', { image: 'x' }, { format: 'openai-images', model: 'dall-e-2' }],
])('a request to %s with %j', (url, body, facts) => {
  expect(namesOf(facts, asked(url, body))).toEqual(facts)
})

test.each<[headers: Readonly<Record<string, string>>, url: string, facts: Asked]>([
  [
    { 'ai-language-model-id': 'openai/gpt-4o', 'ai-language-model-streaming': 'true' },
    `${gateway}/language-model`,
    { format: 'ai-gateway', model: 'openai/gpt-4o', operation: 'chat', isStream: true },
  ],
  [
    { 'ai-language-model-id': 'm', 'ai-language-model-streaming': 'false' },
    `${gateway}/language-model`,
    { isStream: false },
  ],
  [
    { 'ai-model-id': 'b', 'ai-language-model-streaming': 'true' },
    `${gateway}/image-model`,
    { model: 'b', isStream: false },
  ],
  [{ 'ai-embedding-model-id': 'c' }, `${gateway}/embedding-model`, { model: 'c', operation: 'embeddings' }],
  [{}, `${gateway}/reranking-model`, { model: undefined, operation: 'rerank' }],
  [{}, `${gateway}/image-model`, { operation: 'image_generation' }],
  [{}, `${gateway}/speech-model`, { operation: 'speech' }],
  [
    { 'x-amzn-bedrock-guardrailidentifier': 'g' },
    `${bedrock}/m/invoke`,
    { doubts: ['a guardrail is charged by the text that it reads, which the answer does not count'] },
  ],
  [
    { 'x-amzn-bedrock-performanceconfig-latency': 'optimized' },
    `${bedrock}/m/invoke`,
    { doubts: ['latency-optimized inference has prices of its own'] },
  ],
  [{ 'x-amzn-bedrock-performanceconfig-latency': 'standard' }, `${bedrock}/m/invoke`, { doubts: undefined }],
  // Who has signed in with a plan of Claude's pays by the month, at Anthropic alone.
  [
    { authorization: 'Bearer sk-ant-oat01-x' },
    'https://api.anthropic.com/v1/messages',
    { provider: 'claude-subscription' },
  ],
  [{ authorization: 'Bearer other' }, 'https://api.anthropic.com/v1/messages', { provider: 'anthropic' }],
  [{ authorization: 'Bearer sk-ant-oat01-x' }, 'https://llm.example/v1/messages', { provider: undefined }],
  // A gateway is told whom to ask.
  [
    { 'helicone-target-url': 'https://api.openai.com/v1' },
    'https://llm.example/chat/completions',
    { provider: 'openai' },
  ],
  [{ 'helicone-target-url': 'no address' }, 'https://llm.example/chat/completions', { provider: undefined }],
  [{ 'x-portkey-provider': '@grok' }, 'https://api.portkey.ai/v1/chat/completions', { provider: 'x-ai' }],
  [{ 'x-portkey-provider': 'unheard-of' }, 'https://api.portkey.ai/v1/chat/completions', { provider: undefined }],
  [{}, 'https://gateway.ai.cloudflare.com/v1/a/g/azure-openai/chat/completions', { provider: 'azure' }],
])('with the headers %j to %s', (headers, url, facts) => {
  expect(namesOf(facts, asked(url, undefined, headers))).toEqual(facts)
})

test.each([
  ['https://llm.example/v1/chat/messages', { messages }],
  ['https://llm.example/v1/messages', { messages }],
  ['https://llm.example/v1/completions', { text: 'x' }],
  ['https://llm.example/v1/embeddings', { model: 'e' }],
  ['https://llm.example/v1/rerank', { query: 'x' }],
  ['https://llm.example/v1/moderations', { text: 'x' }],
  ['https://llm.example/v1/audio/speech', { text: 'x' }],
  ['https://llm.example/v1/images/generations', { text: 'x' }],
  ['https://llm.example/v1/interactions', { input: 'x' }],
  ['https://llm.example/api/generate', { prompt: 'x' }],
  ['https://llm.example/generate', { prompt: 'x' }],
  [`${vertex}/endpoints/1:predict`, { rows: [] }],
])('a request to %s with %j is no call to a model', (url, body) => {
  expect(asked(url, body)).toEqual({})
})

test.each([
  ['https://llm.example/v1/embeddings', { inputs: [] }, 'openai-embeddings'],
  ['https://llm.example/v1/rerank', { query: 'x', texts: [] }, 'rerank'],
  ['https://llm.example/v1/responses', { prompt: { id: 'p' } }, 'openai-responses'],
  ['https://llm.example/v1/images/generations', { model: 'm' }, 'openai-images'],
])('a request to %s with %j is one in the format %s', (url, body, format) => {
  expect(asked(url, body).format).toBe(format)
})
