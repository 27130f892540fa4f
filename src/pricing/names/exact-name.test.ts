import { findProvider } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { calculateCost } from '../price-request.ts'
import { isNameOf } from './exact-name.ts'

const usage = { promptTokens: 1000, completionTokens: 1000 }

const resembling: readonly (readonly [model: string, provider?: string])[] = [
  ['claude-3-opus-custom'],
  ['claude-3-5-sonnet-finetuned-by-us', 'anthropic'],
  ['claude-opus-4-5-fast'],
  ['claude-sonnet-5-5'],
  ['gpt-4o-mini-my-finetune'],
  ['my-gpt-4o', 'openai'],
  ['gpt-4o-audio-preview-lookalike', 'openai'],
  ['gpt-5-nano-turbo', 'openai'],
  ['ft:gpt-4-0613:acme::a1'],
  ['ft:gpt-4o-mini:acme::a1'],
  ['ft:gpt-4o-2024-08-06x:acme::a1', 'openai'],
  ['ft:gpt-3.5-turbo-mine:acme::a1', 'openai'],
  ['our-ft:gpt-3.5-turbo-0125:acme::a1', 'openai'],
  ['gemini-1.5-flash-8b'],
  ['gemini-2.5-pro-computer-use'],
  ['gemini-2.0-flash-exp-image-generation'],
  ['my-gemini-2.0-flash', 'google'],
  ['gemini-3.6-flash-lite'],
  ['old-anthropic.claude-3-haiku-20240307-v1:0', 'aws'],
  ['zz.anthropic.claude-3-haiku-20240307-v1:0', 'aws'],
  ['anthropic.claude-3-haiku-20240307-v1:0-mine', 'aws'],
  ['my-o4-mini', 'azure'],
  ['o4-mini-mine', 'azure'],
  ['mixtral-8x7b-mine', 'mistral'],
  ['deepseek-chat-mine', 'deepseek'],
]

const resemblances = resembling.map(([model, provider]) => ({ model, provider }))

test.each(resemblances)('$model only resembles a listed model, so it is unpriced', ({ model, provider }) => {
  expect(calculateCost({ model, provider, usage })).toMatchObject({ usd: 0, status: 'unpriced' })
})

const same: readonly (readonly [model: string, provider: string, product: string])[] = [
  ['claude-3-opus-20240229', 'anthropic', 'claude-3-opus-latest'],
  ['claude-3-7-sonnet-latest', 'anthropic', 'claude-3-7-sonnet-latest'],
  ['claude-2.1', 'anthropic', 'claude-2'],
  ['claude-sonnet-4-20250514', 'anthropic', 'claude-sonnet-4-0'],
  ['gpt-4o-2024-11-20', 'openai', 'gpt-4o'],
  ['GPT-4o', 'openai', 'gpt-4o'],
  ['gpt-4o-realtime-preview-2025-06-03', 'openai', 'gpt-4o-realtime-preview'],
  ['gpt-5.6-luna-2026-07-09', 'openai', 'gpt-5.6-luna'],
  ['ft:gpt-3.5-turbo-0125:acme:name:a1', 'openai', 'ft:gpt-3.5-turbo-'],
  ['gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678', 'openai', 'gpt-4o-mini-2024-07-18.ft-'],
  ['gemini-2.5-pro-preview-05-06', 'google', 'gemini-2.5-pro'],
  ['gemini-2.0-flash-lite-001', 'google', 'gemini-2.0-flash-lite'],
  ['gemini-2.5-flash-lite-preview-09-2025', 'google', 'gemini-2.5-flash-lite'],
  ['claude-sonnet-4-5@20250929', 'google', 'claude-sonnet-4-5'],
  ['magistral-medium-2509', 'mistral', 'magistral-medium'],
  ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'aws', 'regional.anthropic.claude-opus-4-5-v1:0'],
  ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'aws', 'regional.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['amazon.nova-premier-v1:0:8k', 'aws', 'amazon.nova-premier-v1:0'],
  ['mistral.mistral-7b-instruct-v0:2', 'aws', 'mistral.mistral-7b-instruct-v0:2'],
]

test.each(same)('%s at %s is %s', (model, provider, product) => {
  expect(calculateCost({ model, provider, usage }).receipt.price?.product).toBe(product)
})

test('every name that the table states itself passes', () => {
  for (const provider of [
    'openai',
    'azure',
    'anthropic',
    'aws',
    'google',
    'mistral',
    'deepseek',
    'x-ai',
    'openrouter',
  ]) {
    for (const entry of findProvider({ providerId: provider })?.models ?? []) {
      // A fine-tune on Azure has a digest after this.
      if (entry.id.endsWith('.ft-')) continue
      expect(isNameOf(entry, entry.id.toLowerCase(), provider), `${provider} ${entry.id}`).toBe(true)
    }
  }
})
