import { expect, test } from 'vitest'
import { parseModelName } from './model-name.ts'
import { providerNamed } from './provider-name.ts'
import { sellerOf } from './seller.ts'

function seller(model: string, clues: { provider?: string; modelType?: string; url?: string } = {}): string {
  const found = sellerOf({ name: parseModelName(model), ...clues })
  if (found.type === 'provider') return found.provider
  return found.type === 'self-hosted' ? `own ${found.server}` : 'unknown'
}

test.each([
  ['openai/gpt-4o', 'openai'],
  ['openai:gpt-4o', 'openai'],
  ['azure/gpt-4o', 'azure'],
  ['gpt-35-turbo', 'azure'],
  ['gpt-4.1', 'openai'],
  ['o1', 'openai'],
  ['o3-mini', 'openai'],
  ['ft:gpt-4o-mini-2024-07-18:acme::a', 'openai'],
  ['claude-opus-4-5', 'anthropic'],
  ['claude-3-5-sonnet@20240620', 'google'],
  ['gemini-2.5-pro', 'google'],
  ['vertex_ai/gemini-2.5-pro', 'google'],
  ['publishers/anthropic/models/claude-3-haiku@20240307', 'google'],
  ['mistral-small-latest', 'mistral'],
  ['bedrock/anthropic.claude-3-haiku-20240307-v1:0', 'aws'],
  ['us.anthropic.claude-3-haiku-20240307-v1:0', 'aws'],
  ['arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0', 'aws'],
  ['openrouter/openai/gpt-4o', 'openrouter'],
  ['groq/llama-3.3-70b-versatile', 'groq'],
  ['ollama/llama3', 'own Ollama'],
  ['llama3:8b', 'unknown'],
  ['meta-llama/Llama-3.1-8B-Instruct', 'unknown'],
  ['gpt-oss-20b', 'unknown'],
  ['o2-secret', 'unknown'],
  ['', 'unknown'],
])('the name %s alone says %s', (model, expected) => {
  expect(seller(model)).toBe(expected)
})

test.each([
  ['https://api.openai.com/v1/chat/completions', 'openai'],
  ['https://acme.openai.azure.com/openai/deployments/d/chat/completions?api-version=1', 'azure'],
  ['https://gateway.acme.com/openai/deployments/d/chat/completions', 'azure'],
  ['https://api.anthropic.com/v1/messages', 'anthropic'],
  ['https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/converse', 'aws'],
  ['https://bedrock-runtime-fips.us-east-1.amazonaws.com/model/m/invoke', 'aws'],
  ['https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions', 'aws'],
  ['https://generativelanguage.googleapis.com/v1beta/models/m:generateContent', 'google'],
  ['https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/m', 'google'],
  ['https://api.mistral.ai/v1/chat/completions', 'mistral'],
  ['https://router.huggingface.co/groq/openai/v1/chat/completions', 'huggingface_groq'],
  ['http://localhost:8000/v1/chat/completions', 'unknown'],
  ['not a url', 'unknown'],
])('the URL %s says %s', (url, expected) => {
  expect(seller('some-model', { url })).toBe(expected)
})

test('what the caller states counts before the URL, and the URL before the name', () => {
  expect(seller('openai/gpt-4o', { url: 'https://openrouter.ai/api/v1/chat/completions' })).toBe('openrouter')
  expect(seller('gpt-4o', { provider: 'azure', url: 'https://gateway.acme.com/v1' })).toBe('azure')
  expect(seller('gpt-4o', { modelType: 'azure_openai' })).toBe('azure')
})

test('behind an unknown host, only names that one maker alone uses tell the provider', () => {
  const url = 'http://gateway.acme.com/v1/chat/completions'
  expect(seller('gpt-4o', { url })).toBe('openai')
  expect(seller('claude-sonnet-4-5', { url })).toBe('anthropic')
  expect(seller('bedrock/anthropic.claude-3-haiku-20240307-v1:0', { url })).toBe('aws')
  expect(seller('mistral-7b', { url })).toBe('unknown')
})

test('a provider without a price list is unknown, unless the URL tells more', () => {
  expect(seller('gpt-4o', { provider: 'acme' })).toBe('unknown')
  expect(seller('gpt-4o', { provider: 'acme.chat', url: 'https://api.openai.com/v1/responses' })).toBe('openai')
  expect(seller('gpt-4o', { provider: 'litellm' })).toBe('openai')
})

test.each([
  ['openai.chat', 'openai'],
  ['azure-openai.responses', 'azure'],
  ['AzureOpenAI', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['aws.bedrock', 'aws'],
  ['Bedrock', 'aws'],
  ['google.generative-ai', 'google'],
  ['google.vertex.chat', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['vertex_ai', 'google'],
  ['MistralAPI', 'mistral'],
  ['mistral_ai', 'mistral'],
  ['x_ai', 'x-ai'],
  ['huggingface_groq', 'huggingface_groq'],
  ['openai-compatible', undefined],
  ['my-openai', undefined],
  ['', undefined],
])('%s is provider %s', (spelling, provider) => {
  expect(providerNamed(spelling)).toBe(provider)
})
