import { expect, test } from 'vitest'
import { parseModelName, providerOfFamily } from './model-name.ts'

test.each([
  ['gpt-4o', { whole: 'gpt-4o', bare: 'gpt-4o' }],
  [' GPT-4o ', { whole: 'gpt-4o', bare: 'gpt-4o' }],
  ['openai/gpt-4o', { whole: 'openai/gpt-4o', bare: 'gpt-4o', provider: 'openai' }],
  ['anthropic:claude-opus-4-5', { whole: 'anthropic:claude-opus-4-5', bare: 'claude-opus-4-5', provider: 'anthropic' }],
  // A prefix that is no provider is a part of the name.
  ['acme/gpt-4o', { whole: 'acme/gpt-4o', bare: 'acme/gpt-4o' }],
  ['vllm/llama-3', { whole: 'vllm/llama-3', bare: 'llama-3', server: 'vLLM' }],
  ['gemini/gemini-2.5-pro', { whole: 'gemini/gemini-2.5-pro', bare: 'gemini-2.5-pro', provider: 'google' }],
  [
    'vertex_ai/gemini-2.5-pro',
    { whole: 'vertex_ai/gemini-2.5-pro', bare: 'gemini-2.5-pro', provider: 'google', isVertex: true },
  ],
  ['azure/gpt-4o', { whole: 'azure/gpt-4o', bare: 'gpt-4o', provider: 'azure' }],
  ['azure/eu/gpt-4o', { whole: 'azure/eu/gpt-4o', bare: 'gpt-4o', provider: 'azure', region: 'eu' }],
  [
    'azure/global-standard/gpt-4o',
    { whole: 'azure/global-standard/gpt-4o', bare: 'gpt-4o', provider: 'azure', region: 'global-standard' },
  ],
  ['azure/asia/gpt-4o', { whole: 'azure/asia/gpt-4o', bare: 'asia/gpt-4o', provider: 'azure' }],
  [
    'us.anthropic.claude-opus-4-5-v1:0',
    { whole: 'us.anthropic.claude-opus-4-5-v1:0', bare: 'us.anthropic.claude-opus-4-5-v1:0', provider: 'aws' },
  ],
  ['nobody.claude-opus-4-5', { whole: 'nobody.claude-opus-4-5', bare: 'nobody.claude-opus-4-5' }],
  [
    'bedrock/converse/us-east-1/anthropic.claude-opus-4-5-v1:0',
    {
      whole: 'bedrock/converse/us-east-1/anthropic.claude-opus-4-5-v1:0',
      bare: 'anthropic.claude-opus-4-5-v1:0',
      provider: 'aws',
      region: 'us-east-1',
    },
  ],
  ['models/gemini-2.5-pro', { whole: 'models/gemini-2.5-pro', bare: 'gemini-2.5-pro', provider: 'google' }],
  [
    'projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-5',
    {
      whole: 'projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-5',
      bare: 'claude-opus-4-5',
      provider: 'google',
      isVertex: true,
      region: 'us-east5',
    },
  ],
  [
    'arn%3Aaws%3Abedrock%3Aeu-west-1%3A%3Afoundation-model%2Fanthropic.claude-opus-4-5',
    {
      whole: 'arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-opus-4-5',
      bare: 'anthropic.claude-opus-4-5',
      provider: 'aws',
      region: 'eu-west-1',
    },
  ],
  ['100%zz', { whole: '100%zz', bare: '100%zz' }],
])('%s is taken apart', (name, parts) => {
  expect(parseModelName(name)).toEqual(parts)
})

test.each([
  ['application-inference-profile', /hides its model/],
  ['provisioned-model', /paid by the hour/],
  ['custom-model', /no listed price/],
  ['imported-model', /by the minute/],
  ['prompt-router', /an ARN of kind prompt-router does not name its model/],
])('an ARN of kind %s does not tell a price by the token', (kind, reason) => {
  expect(parseModelName(`arn:aws:bedrock::1:${kind}/x`)).toMatchObject({
    bare: 'x',
    opaqueReason: expect.stringMatching(reason),
  })
  expect(parseModelName(`arn:aws:bedrock::1:${kind}/x`).region).toBeUndefined()
})

test('a name without a prefix belongs to who alone sells it, or to its maker where nobody else is told of', () => {
  const of = (name: string, isServedElsewhere: boolean) => providerOfFamily(name, { isServedElsewhere })
  const closed = {
    'gpt-35-turbo': 'azure',
    'gpt-4o': 'openai',
    o3: 'openai',
    'o3-mini': 'openai',
    'claude-3@1': 'google',
    'claude-3': 'anthropic',
    'gemini-2': 'google',
  }
  for (const [name, provider] of Object.entries(closed))
    expect([name, of(name, true), of(name, false)]).toEqual([name, provider, provider])
  const open = {
    'open-mistral-7b': 'mistral',
    'mistral-small-latest': 'mistral',
    'ministral-8b-latest': 'mistral',
    'codestral-2508': 'mistral',
    'devstral-small': 'mistral',
    'magistral-medium': 'mistral',
    'mixtral-8x7b': 'mistral',
    'pixtral-12b': 'mistral',
    'voxtral-mini-2602': 'mistral',
    'grok-4': 'x-ai',
    'deepseek-chat': 'deepseek',
    'deepseek-reasoner': 'deepseek',
    'command-r': 'cohere',
  }
  for (const [name, provider] of Object.entries(open))
    expect([name, of(name, true), of(name, false)]).toEqual([name, undefined, provider])
  for (const name of ['gpt-oss-20b', 'my-gpt-4o', 'my-gemini-2', 'my-claude-3', 'o3x', 'deepseek-chat-2'])
    expect([name, of(name, false)]).toEqual([name, undefined])
})
