import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { applyTierRule, findTierRule } from './tier.ts'
import { tierRules } from './tiers.ts'

test('docs/pricing.md has the page of each price of a tier, and the day on which it was read', () => {
  const page = readFileSync(resolve('docs/pricing.md'), 'utf8')
  const lines = page.split('\n')
  for (const source of new Set(tierRules.map((rule) => rule.source))) {
    const address = /https:\/\/[^\s,;]+/.exec(source)?.[0] ?? source.split(',')[0] ?? ''
    const day = /\d{4}-\d\d-\d\d/.exec(source)?.[0] ?? ''
    const line = lines.find((text) => text.startsWith('|') && text.includes(address) && text.includes(day))
    expect(line, source).toBeDefined()
    expect(day).not.toBe('')
  }
})

const day = '2026-11-28'

// Seller, models, tier, and its part of the standard price; undefined where no price of the tier is known. From the pages that
// the rules name.
const factors: readonly (readonly [provider: string, models: string, tier: string, factor: number | undefined])[] = [
  // OpenAI's column of batches: half
  [
    'openai',
    'gpt-3.5-turbo gpt-3.5-turbo-0613 gpt-4 gpt-4-32k gpt-4-turbo gpt-4.1 gpt-4.1-mini gpt-4.1-nano',
    'batch',
    0.5,
  ],
  ['openai', 'gpt-4o gpt-4o-mini gpt-4o-2024-05-13 o1 o1-mini o1-preview o1-pro o3 o3-mini o3-pro', 'batch', 0.5],
  ['openai', 'o3-deep-research o4-mini o4-mini-deep-research text-embedding-3-small', 'batch', 0.5],
  ['openai', 'gpt-5 gpt-5-mini gpt-5-nano gpt-5-pro gpt-5-codex gpt-5.1 gpt-5.1-codex-mini gpt-5.2-pro', 'batch', 0.5],
  ['openai', 'gpt-5.6-luna gpt-5.6-sol gpt-5.6-terra gpt-6-astra gpt-6-sol', 'batch', 0.5],
  [
    'openai',
    'gpt-4o-audio-preview gpt-audio gpt-image-1 gpt-5-image gpt-5.44 gpt-6 o2 o1-x o3-x o4 whisper-1',
    'batch',
    undefined,
  ],
  ['openai', 'our-gpt-4o our-gpt-5 our-o3 our-text-embedding-3-small gpt-4o-x gpt-5-x gpt-4-x', 'batch', undefined],
  [
    'openai',
    'gpt-5 gpt-5-mini gpt-5-nano gpt-5.1 gpt-5.6-luna gpt-5.6-sol gpt-5.6-terra gpt-6-sol o3 o4-mini',
    'flex',
    0.5,
  ],
  [
    'openai',
    'gpt-5-pro gpt-5.3-codex gpt-4.1 gpt-4o o3-mini o4 gpt-5.44 gpt-5-x gpt-6 our-gpt-5 our-o3',
    'flex',
    undefined,
  ],
  ['openai', 'gpt-5.6-luna gpt-5.6-sol gpt-5.6-terra', 'priority', 2],
  ['openai', 'gpt-5.6-sol', 'fast', 2],
  ['openai', 'gpt-5.6 gpt-5.6-sol-pro our-gpt-5.6-sol gpt-5.6-x', 'priority', undefined],
  ['openai', 'gpt-5.1-mini our-gpt-5.1 gpt-4x1 gpt-5-nano', 'priority', undefined],
  // Azure
  [
    'azure',
    'gpt-5.1 gpt-5.1-chat gpt-5.1-codex gpt-5.2 gpt-5.2-chat gpt-5.3-chat gpt-5.4 gpt-5.5 gpt-5.6',
    'priority',
    2,
  ],
  ['azure', 'gpt-5.6-luna gpt-5.6-sol gpt-5.6-terra gpt-5.4-2026-03-05', 'priority', 2],
  ['azure', 'gpt-5.1-codex-mini gpt-5.1-codex-mini-2025-11-13', 'priority', 1.8],
  [
    'azure',
    'gpt-4o gpt-5 gpt-5.3 gpt-5.4-mini our-gpt-5.4 our-gpt-5.1-codex-mini gpt-5.1-codex-mini-x',
    'priority',
    undefined,
  ],
  ['azure', 'gpt-5.4-1999-03-05 gpt-5.1-codex-mini-1999-11-13', 'priority', undefined],
  ['azure', 'gpt-4o gpt-5 o3-2025-04-16 o1 text-embedding-3-large', 'batch', 0.5],
  ['azure', 'phi-4 our-gpt-4o our-o3-2025-04-16 o3-2025-04-16-x our-text-embedding-3-large', 'batch', undefined],
  ['azure', 'gpt-5', 'flex', undefined],
  // Anthropic
  ['anthropic', 'claude-3-haiku claude-opus-4-6', 'batch', 0.5],
  ['anthropic', 'our-claude-3-haiku', 'batch', undefined],
  ['anthropic', 'claude-opus-4-6 claude-opus-4-7', 'fast', 6],
  ['anthropic', 'claude-opus-4-8 claude-opus-5', 'fast', 2],
  [
    'anthropic',
    'claude-opus-4-5 claude-opus-5-5 claude-opus-4-7-x our-claude-opus-4-7 our-claude-opus-5',
    'fast',
    undefined,
  ],
  // Bedrock
  [
    'aws',
    'amazon.nova-pro-v1:0 amazon.nova-premier-v1:0 regional.amazon.nova-2-lite-v1:0 qwen.qwen3-32b-v1:0',
    'flex',
    0.5,
  ],
  ['aws', 'amazon.nova-pro-v1:0 openai.gpt-oss-20b-1:0', 'priority', 1.75],
  ['aws', 'amazon.nova-lite-v1:0 meta.llama3-8b-instruct-v1:0', 'flex', undefined],
  ['aws', 'amazon.nova-lite-v1:0 meta.llama3-8b-instruct-v1:0', 'priority', undefined],
  [
    'aws',
    'regional.anthropic.claude-opus-4-5-v1:0 amazon.nova-lite-v1:0 mistral.ministral-3-8b-instruct',
    'batch',
    0.5,
  ],
  ['aws', 'meta.llama3-8b-instruct-v1:0', 'batch', 0.5],
  ['aws', 'amazon.nova-sonic-v1:0 amazon.nova-2-sonic-v1:0 openai.gpt-oss-20b-1:0', 'batch', undefined],
  // Gemini
  ['google', 'gemini-2.5-flash gemini-3-pro-preview gemini-3.5-flash', 'batch', 0.5],
  ['google', 'gemini-2.0-flash gemini-1.5-pro our-gemini-2.5-flash claude-opus-5', 'batch', undefined],
  [
    'google',
    'gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite gemini-3-pro-preview gemini-3-flash-preview',
    'flex',
    0.5,
  ],
  ['google', 'gemini-3.1-flash-lite gemini-3.5-flash gemini-3.10-pro', 'flex', 0.5],
  [
    'google',
    'gemini-2.0-flash gemini-2.5-flash-image gemini-2.5-flash-preview gemini-3.1-flash-lite-image',
    'flex',
    undefined,
  ],
  ['google', 'our-gemini-2.5-pro our-gemini-3-pro gemini-3x-pro', 'flex', undefined],
  [
    'google',
    'gemini-3-pro-preview gemini-3.1-pro-preview gemini-3-flash-preview gemini-3.1-flash-lite',
    'priority',
    1.8,
  ],
  ['google', 'gemini-3.5-flash', 'priority', 1.8],
  ['google', 'gemini-2.5-pro gemini-3.5-flash-lite our-gemini-3.5-flash', 'priority', undefined],
  // The same as on demand
  ['groq', 'llama-3.3-70b-versatile', 'flex', 1],
  ['groq', 'llama-3.3-70b-versatile', 'batch', undefined],
  ['mistral', 'mistral-large-2512 ministral-3b-latest codestral-2508 devstral-small magistral-medium', 'batch', 0.5],
  ['mistral', 'pixtral-12b mixtral-8x7b', 'batch', 0.5],
  ['mistral', 'our-mistral-7b our-pixtral-12b our-mixtral-8x7b', 'batch', undefined],
]

test.each(factors)('%s, %s: %s costs %d times the standard price', (provider, models, tier, factor) => {
  for (const product of models.split(' ')) {
    expect(findTierRule({ provider, product, tier, day })?.factor, product).toBe(factor)
  }
})

test.each([
  // https://openai.com/api-fast-mode/: USD for a million tokens of input, cached input and output
  ['gpt-5.5', 12.5, 1.25, 75],
  ['gpt-5.4', 5, 0.5, 30],
  ['gpt-5.4-mini', 1.5, 0.15, 9],
  ['gpt-5.2', 3.5, 0.35, 28],
  ['gpt-5.1', 2.5, 0.25, 20],
  ['gpt-5', 2.5, 0.25, 20],
  ['gpt-5-mini', 0.45, 0.045, 3.6],
  ['gpt-4.1', 3.5, 0.875, 14],
  ['gpt-4.1-mini', 0.7, 0.175, 2.8],
  ['gpt-4.1-nano', 0.2, 0.05, 0.8],
  ['gpt-4o', 4.25, 2.125, 17],
  ['gpt-4o-2024-05-13', 8.75, undefined, 26.25],
  ['gpt-4o-mini', 0.25, 0.125, 1],
  ['o3', 3.5, 0.875, 14],
  ['o4-mini', 2, 0.5, 8],
] as const)(
  'priority at OpenAI, which is its fast mode: %s costs %d, %d and %d',
  (product, input, cacheRead, output) => {
    for (const tier of ['priority', 'fast']) {
      const rule = findTierRule({ provider: 'openai', product, tier, day })
      const rates = rule && applyTierRule(rule, { input: 1, output: 1 })
      expect(rates).toEqual({
        input,
        inputImage: input,
        output,
        reasoning: output,
        ...(cacheRead === undefined ? {} : { cacheRead }),
      })
    }
  },
)

test('what a tier has no price of is not charged at the standard one', () => {
  const standard = {
    input: 2,
    inputImage: 2,
    inputVideo: 2,
    inputAudio: 4,
    cacheRead: 1,
    output: 8,
    reasoning: 8,
    outputImage: 8,
  }
  const half = { input: 1, inputImage: 1, inputVideo: 1, output: 4, reasoning: 4, outputImage: 4 }
  const at = (provider: string, product: string, tier: string) => {
    const rule = findTierRule({ provider, product, tier, day })
    return rule && applyTierRule(rule, standard)
  }
  // Before GPT-5 cached input has no price in a batch.
  expect(at('openai', 'gpt-4.1', 'batch')).toEqual(half)
  expect(at('openai', 'gpt-5', 'batch')).toEqual({ ...half, inputAudio: 2, cacheRead: 0.5 })
  expect(at('azure', 'gpt-4o', 'batch')).toEqual(half)
  expect(at('mistral', 'mistral-large-2512', 'batch')).toEqual(half)
  for (const tier of ['flex', 'batch']) expect(at('aws', 'amazon.nova-pro-v1:0', tier)).toEqual(half)
  expect(at('google', 'gemini-2.5-flash', 'batch')).toEqual({ ...half, inputAudio: 2 })
  expect(at('google', 'gemini-2.5-flash', 'flex')).toEqual({ ...half, inputAudio: 2, cacheRead: 0.5 })
  const { inputAudio: _audio, ...text } = standard
  const double = Object.fromEntries(Object.entries(text).map(([tokenClass, usd]) => [tokenClass, 2 * usd]))
  expect(at('openai', 'gpt-5.6-sol', 'priority')).toEqual(double)
  expect(at('azure', 'gpt-5.4', 'priority')).toEqual(double)
  expect(Object.keys(at('google', 'gemini-3.5-flash', 'priority') ?? {}).sort()).toEqual(Object.keys(double).sort())
})

test('a tier that has a price of its own in each place has none where a place is known, and none before its first day', () => {
  const azure = { provider: 'azure', product: 'gpt-5.4', tier: 'priority', day }
  expect(findTierRule({ ...azure, place: 'eu' })).toBeUndefined()
  expect(findTierRule({ ...azure, product: 'gpt-5.1-codex-mini', place: 'eu' })).toBeUndefined()
  expect(findTierRule({ ...azure, tier: 'batch', product: 'gpt-5', place: 'eu' })?.factor).toBe(0.5)
  for (const tier of ['flex', 'priority']) {
    const nova = { provider: 'aws', product: 'amazon.nova-pro-v1:0', tier }
    expect(findTierRule({ ...nova, day: '2025-11-17' })).toBeUndefined()
    expect(findTierRule({ ...nova, day: '2025-11-18' })).toBeDefined()
  }
})
