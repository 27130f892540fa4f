import { expect, test } from 'vitest'
import { isRouter, providerNamed, serverNamed } from './provider-name.ts'
import { readProviderUrl } from './provider-url.ts'

test.each([
  ['OpenAI', 'openai'],
  ['openai.chat', 'openai'],
  ['openai.responses', 'openai'],
  ['AzureOpenAI', 'azure'],
  ['azure_ai', 'azure'],
  ['aws.bedrock', 'aws'],
  ['amazon-bedrock', 'aws'],
  ['anthropic.messages', 'anthropic'],
  ['google.generative-ai', 'google'],
  ['vertex_ai', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['mistral.embedding', 'mistral'],
  ['xai', 'x-ai'],
  ['together_ai', 'together'],
  // By the id of the price table.
  [' DeepSeek ', 'deepseek'],
  ['huggingface_together', 'huggingface_together'],
  // Only a whole name counts.
  ['openai-compatible', undefined],
  ['my openai', undefined],
  ['vllm', undefined],
])('%s is the provider %s', (name, id) => {
  expect(providerNamed(name)).toBe(id)
})

test.each([
  ['VLLM', 'vLLM'],
  ['hosted_vllm', 'vLLM'],
  ['TGI', 'TGI'],
  ['ollama_chat', 'Ollama'],
  ['llama.cpp', 'llama.cpp'],
  ['LM Studio', 'LM Studio'],
  ['openai', undefined],
])("%s is the server %s of one's own", (name, server) => {
  expect(serverNamed(name)).toBe(server)
})

test('a router is not who sells', () => {
  expect([isRouter('LiteLLM'), isRouter('litellm.chat'), isRouter('openrouter')]).toEqual([true, true, false])
})

test.each([
  ['https://api.openai.com/v1/chat/completions', { host: 'api.openai.com', provider: 'openai' }],
  ['https://eu.api.openai.com/v1', { host: 'eu.api.openai.com', provider: 'openai' }],
  ['https://eur.api.openai.com/v1', { host: 'eur.api.openai.com' }],
  ['https://eu.api.openai.com.example/v1', { host: 'eu.api.openai.com.example' }],
  ['https://ollama.com/api/chat', { host: 'ollama.com', isOllamaCloud: true }],
  ['https://eu.ollama.com/api/chat', { host: 'eu.ollama.com', isOllamaCloud: true }],
  ['https://notollama.com/api/chat', { host: 'notollama.com' }],
  [
    'https://bedrock-runtime.eu-west-1.amazonaws.com/model',
    { host: 'bedrock-runtime.eu-west-1.amazonaws.com', provider: 'aws' },
  ],
  [
    'https://vpce-1.bedrock-runtime-fips.us-east-1.amazonaws.com/',
    { host: 'vpce-1.bedrock-runtime-fips.us-east-1.amazonaws.com', provider: 'aws' },
  ],
  ['https://bedrock-mantle.us-east-1.api.aws/v1', { host: 'bedrock-mantle.us-east-1.api.aws', provider: 'aws' }],
  [
    'https://bedrock-runtime.cn-north-1.amazonaws.com.cn/',
    { host: 'bedrock-runtime.cn-north-1.amazonaws.com.cn', provider: 'aws' },
  ],
  ['https://bedrock-runtime.eu-west-1.example.com/', { host: 'bedrock-runtime.eu-west-1.example.com' }],
  ['https://x.openai.azure.us/openai', { host: 'x.openai.azure.us', provider: 'azure' }],
  ['https://gateway.example/openai/deployments/d/chat', { host: 'gateway.example', provider: 'azure' }],
  ['https://nobody.example/v1', { host: 'nobody.example' }],
])('%s tells who is paid', (url, facts) => {
  expect(JSON.parse(JSON.stringify(readProviderUrl(url)))).toEqual(facts)
})

test('what is no address tells nothing', () => {
  expect(readProviderUrl('api.openai.com')).toBeUndefined()
})
