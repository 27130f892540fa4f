import { describe, expect, test } from 'vitest'
import { mightBeModelEndpoint } from './endpoints/model-endpoint.ts'
import { endpointOf, wireFormatNamed, wireFormatOf, wireFormats } from './registry.ts'

test.each([
  ['https://api.openai.com/v1/chat/completions', 'openai-chat'],
  ['https://api.openai.com/v1/chat/completions/', 'openai-chat'],
  ['https://eu.api.openai.com/v1/responses?x=1#y', 'openai-responses'],
  ['https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', 'openai-chat'],
  ['https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1/chat/completions', 'openai-chat'],
  ['https://api.deepseek.com/beta/completions', 'openai-completions'],
  ['https://api.deepseek.com/anthropic/v1/messages', 'anthropic'],
  [
    'https://us-east5-aiplatform.googleapis.com/v1/projects/p/publishers/anthropic/models/c:streamRawPredict',
    'anthropic',
  ],
  ['https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/7:generateContent', 'gemini'],
  ['https://bedrock-runtime.eu-west-1.amazonaws.com/model/a%2Fb/invoke-with-response-stream', 'bedrock-invoke'],
  ['http://localhost:11434/api/generate', 'ollama'],
  ['http://tgi:3000/generate_stream', 'tgi'],
  ['https://a.endpoints.huggingface.cloud/', 'tgi-root'],
  ['https://api-inference.huggingface.co/models/gpt2', 'tgi-root'],
])('%s speaks %s', (url, name) => {
  expect(mightBeModelEndpoint(url)).toBe(true)
  expect(wireFormatOf(new URL(url))?.name).toBe(name)
})

test.each([
  'https://example.com/',
  'https://example.com',
  'http://localhost:3000/',
  'https://api.openai.com/v1/models',
  'https://api.openai.com/v1/files?purpose=/chat/completions',
  'https://api.openai.com/v1/responses/resp_1',
  'https://api.openai.com/v1/responses/resp_1/cancel',
  'https://api.anthropic.com/v1/messages/batches',
  'https://api.anthropic.com/v1/messages/count_tokens',
  'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:countTokens',
  'https://slack.com/api/chat.postMessage',
  'https://huggingface.co/datasets/x/resolve/main/a.parquet',
  'http://localhost:11434/api/tags',
  '',
])('%s is no call to a model', (url) => {
  expect(URL.canParse(url) ? wireFormatOf(new URL(url)) : undefined).toBeUndefined()
})

describe('a second look at the body', () => {
  test.each([
    ['https://app.example.com/api/chat', { id: '1', messages: [] }],
    ['https://app.example.com/v1/messages', { to: '+1555', type: 'text' }],
    ['https://forms.example.com/forms/7/responses', { answers: [] }],
    ['https://images.example.com/generate', { width: 100 }],
  ])('leaves %s alone', (url, body) => {
    expect(wireFormatOf(new URL(url))?.accepts?.({ url: new URL(url), body })).toBe(false)
  })

  test('accepts what could not be read', () => {
    for (const format of wireFormats) {
      expect(format.accepts?.({ url: new URL('http://localhost/'), body: undefined }) ?? true).toBe(true)
    }
  })
})

test.each([
  ['https://notopenrouter.ai/v1/chat/completions', undefined],
  ['https://abc.execute-api.us-east-1.amazonaws.com/v1/chat/completions', undefined],
  ['https://bedrock-runtime-fips.us-east-1.amazonaws.com/openai/v1/chat/completions', 'aws'],
  ['https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com/openai/v1/chat/completions', 'aws'],
  ['https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions', 'aws'],
  ['https://router.huggingface.co/groq/openai/v1/chat/completions', 'huggingface_groq'],
  ['https://router.huggingface.co/v1/chat/completions', 'huggingface'],
  ['https://x.services.ai.azure.com/models/chat/completions', 'azure'],
  ['http://10.0.0.1:8000/v1/chat/completions', undefined],
  ['https://api.z.ai/api/paas/v4/chat/completions', 'zai'],
  ['https://api.z.ai/api/coding/paas/v4/chat/completions', 'zai-subscription'],
  ['https://router.huggingface.co/hf-inference/v1/chat/completions', 'huggingface'],
  ['https://llm.example/openai/deployments/d/chat/completions', 'azure'],
  ['https://xapi.openai.com/v1/chat/completions', undefined],
  ['https://eu.api.openai.com/v1/chat/completions', 'openai'],
  ['https://oai.helicone.ai/v1/chat/completions', 'openai'],
  ['https://anthropic.helicone.ai/v1/messages', 'anthropic'],
  ['https://gateway.helicone.ai/v1/chat/completions', undefined],
  ['http://localhost:8080/generate', 'tgi'],
  ['http://localhost:11434/api/chat', 'ollama'],
])('%s is served by %s', (url, provider) => {
  expect(endpointOf(new URL(url))?.provider).toBe(provider)
})

test('a format can be chosen by its name, such as the root of a TGI server', () => {
  expect(wireFormatNamed('tgi-root')?.readAnswer([{ details: { generated_tokens: 3 } }], {})).toMatchObject({
    usage: { output: 3 },
  })
  expect(wireFormatNamed('telex')).toBeUndefined()
})
