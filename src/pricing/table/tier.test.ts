import { expect, test } from 'vitest'
import { scaleRate, scaleRates, usdPerMillionAt, withoutUndefined } from './rate.ts'
import { completeRates, zeroRates } from './rate-rules.ts'
import { applyTierRule, readTier } from './tier.ts'

test.each([
  [undefined, 'standard'],
  ['', 'standard'],
  ['default', 'standard'],
  ['auto', 'standard'],
  ['ON_DEMAND', 'standard'],
  ['standard_only', 'standard'],
  ['SERVICE_TIER_UNSPECIFIED', 'standard'],
  ['SERVICE_TIER_FLEX', 'flex'],
  ['ON_DEMAND_FLEX', 'flex'],
  ['TRAFFIC_TYPE_ON_DEMAND_PRIORITY', 'priority'],
  [' Batches ', 'batch'],
  ['batch', 'batch'],
  ['datazone', 'datazone'],
])('the tier %s is %s', (name, tier) => {
  expect(readTier(name)).toEqual({ tier, isPrepaid: false })
})

test.each(['scale', 'reserved', 'PROVISIONED_THROUGHPUT', 'ptu', 'committed', 'performance'])(
  'the tier %s is paid for in advance',
  (name) => {
    expect(readTier(name)).toEqual({ tier: name.toLowerCase(), isPrepaid: true })
  },
)

const stepped = {
  base: 1.1,
  steps: [
    { abovePromptTokens: 100, usdPerMillion: 2.2 },
    { abovePromptTokens: 200, usdPerMillion: 4 },
  ],
}

test('a price that rises with the length of the prompt holds for all tokens of a longer one', () => {
  expect([0, 100, 101, 200, 201].map((tokens) => usdPerMillionAt(stepped, tokens))).toEqual([1.1, 1.1, 2.2, 2.2, 4])
  expect(usdPerMillionAt(3, 1e9)).toBe(3)
})

test('a factor changes a price and its steps, without the crumbs of binary numbers', () => {
  // 0.1 × 1.1 and 1.1 × 1.1 have more digits in binary.
  expect(scaleRate(0.1, 1.1)).toBe(0.11)
  expect(scaleRate(stepped, 1.1)).toEqual({
    base: 1.21,
    steps: [
      { abovePromptTokens: 100, usdPerMillion: 2.42 },
      { abovePromptTokens: 200, usdPerMillion: 4.4 },
    ],
  })
  expect(scaleRates({ input: 2, output: 8 }, 0.5)).toEqual({ input: 1, output: 4 })
  // Of some classes alone: what has no price in a tier has none.
  expect(scaleRates({ input: 2, output: 8 }, 0.5, ['output', 'reasoning'])).toEqual({ output: 4 })
  expect(withoutUndefined({ input: 0, output: undefined })).toEqual({ input: 0 })
})

test('a rule gives the prices of a tier, or a factor on the standard ones', () => {
  const rule = { provider: 'p', products: /x/, tiers: ['batch'], source: 's' }
  expect(applyTierRule({ ...rule, factor: 0.5 }, { input: 2, output: 8 })).toEqual({ input: 1, output: 4 })
  expect(applyTierRule({ ...rule, factor: 0.5, classes: ['input'] }, { input: 2, output: 8 })).toEqual({ input: 1 })
  expect(applyTierRule({ ...rule, rates: { input: 7 } }, { input: 2, output: 8 })).toEqual({ input: 7 })
})

test('what a page states by a rule is filled in where the table leaves it out', () => {
  const of = (provider: string, product: string, rates: Parameters<typeof completeRates>[0]['rates']) =>
    completeRates({ provider, product, rates })
  // Writing for an hour costs twice the input.
  expect(of('aws', 'anthropic.claude-sonnet-4-5-v1:0', { input: 3 })).toEqual({ input: 3, cacheWrite1h: 6 })
  expect(of('aws', 'anthropic.claude-3-haiku', { input: 3 })).toEqual({ input: 3 })
  expect(of('azure', 'anthropic.claude-sonnet-4-5-v1:0', { input: 3 })).toEqual({ input: 3 })
  const stated = { input: 4.4, cacheWrite1h: 8.7 }
  expect(of('aws', 'anthropic.claude-sonnet-4-5-v1:0', stated)).toEqual(stated)
  expect(of('google', 'claude-opus-4-5', { input: 5 })).toEqual({ input: 5, cacheWrite1h: 10 })
  expect(of('anthropic', 'claude-opus-4-5', { input: 5 })).toEqual({ input: 5 })
  expect(of('google', 'claude-opus-4-5', { input: 5, cacheWrite1h: 7 })).toEqual({ input: 5, cacheWrite1h: 7 })
  // These models have one price of input, whatever it is; others have not.
  expect(of('google', 'gemini-2.5-pro', { input: 1.25 })).toEqual({ input: 1.25, inputAudio: 1.25 })
  expect(of('google', 'gemini-2.5-flash', { input: 0.3 })).toEqual({ input: 0.3 })
  expect(of('google', 'gemini-2.5-pro', { input: 1.25, inputAudio: 2 })).toEqual({ input: 1.25, inputAudio: 2 })
  // The output of these is sound alone.
  const tts = { input: 0.5, output: 10 }
  expect(of('google', 'gemini-2.5-flash-preview-tts', tts)).toEqual({ ...tts, outputAudio: 10 })
  expect(of('google', 'gemini-2.5-flash-preview-tts', { input: 0.5 })).toEqual({ input: 0.5 })
  expect(of('openai', 'gemini-2.5-flash-preview-tts', tts)).toEqual(tts)
  expect(of('google', 'gemini-2.5-pro', { output: 4 })).toEqual({ output: 4 })
  expect(zeroRates).toMatchObject({ input: 0, output: 0, reasoning: 0 })
})
