import { expect, test } from 'vitest'
import type { PriceQuery } from './price-query.ts'
import { calculateCost } from './price-request.ts'

// Worked by hand: tokens × USD per million, then divided by a million. Where no other page is named, the prices are from
// https://developers.openai.com/api/docs/pricing as of 2026-11-23.

interface PriceCase extends Omit<PriceQuery, 'provider'> {
  readonly usd: number
}

const at = new Date('2026-11-23T12:00:00Z')
const thousands = { promptTokens: 1000, completionTokens: 1000 }

const cases: readonly PriceCase[] = [
  // 1000 × 30 + 500 × 60 = 30,000 + 30,000
  { model: 'gpt-4', usage: { promptTokens: 1000, completionTokens: 500 }, usd: 0.06 },
  // 2000 × 30 + 100 × 60 = 60,000 + 6,000
  { model: 'gpt-4-0613', usage: { promptTokens: 2000, completionTokens: 100 }, usd: 0.066 },
  // 1000 × 60 + 1000 × 120; help.openai.com/en/articles/7127956
  { model: 'gpt-4-32k', usage: thousands, usd: 0.18 },
  // 1000 × 10 + 1000 × 30
  { model: 'gpt-4-turbo', usage: thousands, usd: 0.04 },
  // 250 × 10 + 50 × 30 = 2,500 + 1,500
  { model: 'gpt-4-turbo-2024-04-09', usage: { promptTokens: 250, completionTokens: 50 }, usd: 0.004 },
  // 100 × 10 + 100 × 30
  { model: 'gpt-4-1106-preview', usage: { promptTokens: 100, completionTokens: 100 }, usd: 0.004 },
  // 1000 × 0.5 + 1000 × 1.5; the price of gpt-3.5-turbo-0125, not the older 1.5 and 2
  { model: 'gpt-3.5-turbo', usage: thousands, usd: 0.002 },
  // 1000 × 1 + 1000 × 2
  { model: 'gpt-3.5-turbo-1106', usage: thousands, usd: 0.003 },
  // 1000 × 3 + 1000 × 4
  { model: 'gpt-3.5-turbo-16k', usage: thousands, usd: 0.007 },
  // 1000 × 2.5 + 500 × 10
  { model: 'gpt-4o', usage: { promptTokens: 1000, completionTokens: 500 }, usd: 0.0075 },
  // (1000 - 400) × 2.5 + 400 × 1.25 + 100 × 10 = 1,500 + 500 + 1,000
  { model: 'gpt-4o', usage: { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 100 }, usd: 0.003 },
  // 1000 × 5 + 1000 × 15: this snapshot kept its price
  { model: 'gpt-4o-2024-05-13', usage: thousands, usd: 0.02 },
  // 440 × 0.15 + 920 × 0.6 = 66 + 552
  { model: 'gpt-4o-mini', usage: { promptTokens: 440, completionTokens: 920 }, usd: 0.000618 },
  // 1024 × 0.15 + 1024 × 0.075 + 256 × 0.6 = 153.6 + 76.8 + 153.6
  {
    model: 'gpt-4o-mini-2024-07-18',
    usage: { promptTokens: 2048, cachedPromptTokens: 1024, completionTokens: 256 },
    usd: 0.000384,
  },
  // 7500 × 2 + 2500 × 0.5 + 1000 × 8 = 15,000 + 1,250 + 8,000
  { model: 'gpt-4.1', usage: { promptTokens: 10_000, cachedPromptTokens: 2500, completionTokens: 1000 }, usd: 0.02425 },
  // 1000 × 0.4 + 1000 × 1.6
  { model: 'gpt-4.1-mini', usage: thousands, usd: 0.002 },
  // 1000 × 0.1 + 1000 × 0.4
  { model: 'gpt-4.1-nano-2025-04-14', usage: thousands, usd: 0.0005 },
  // 1000 × 15 + 200 × 60 + 800 × 60: reasoning is output, and output is not at the price of input
  { model: 'o1', usage: { promptTokens: 1000, completionTokens: 1000, reasoningTokens: 800 }, usd: 0.075 },
  // 1000 × 1.1 + 1000 × 4.4
  { model: 'o1-mini', usage: thousands, usd: 0.0055 },
  // 1000 × 2 + 1000 × 8
  { model: 'o3', usage: thousands, usd: 0.01 },
  // 1000 × 10 + 1000 × 40 until OpenAI lowered it on 2025-06-10 (openai.com, changelog of that day)
  { model: 'o3', at: new Date('2025-06-09T23:59:59Z'), usage: thousands, usd: 0.05 },
  { model: 'o3', at: new Date('2025-06-10T00:00:00Z'), usage: thousands, usd: 0.01 },
  // 1000 × 1.1 + 1000 × 4.4
  { model: 'o3-mini', usage: thousands, usd: 0.0055 },
  // 500 × 1.1 + 500 × 0.275 + 1000 × 4.4 = 550 + 137.5 + 4,400
  {
    model: 'o4-mini',
    usage: { promptTokens: 1000, cachedPromptTokens: 500, completionTokens: 1000, reasoningTokens: 700 },
    usd: 0.0050875,
  },
  // 100 × 20 + 100 × 80
  { model: 'o3-pro', usage: { promptTokens: 100, completionTokens: 100 }, usd: 0.01 },
  // 200 × 1.25 + 800 × 0.125 + 200 × 10 = 250 + 100 + 2,000
  { model: 'gpt-5', usage: { promptTokens: 1000, cachedPromptTokens: 800, completionTokens: 200 }, usd: 0.00235 },
  // 1000 × 0.25 + 1000 × 2
  { model: 'gpt-5-mini', usage: thousands, usd: 0.00225 },
  // 1000 × 0.05 + 1000 × 0.4
  { model: 'gpt-5-nano-2025-08-07', usage: thousands, usd: 0.00045 },
  // 1000 × 1.25 + 1000 × 10
  { model: 'gpt-5.1', usage: thousands, usd: 0.01125 },
  // 1000 × 1.75 + 1000 × 14
  { model: 'gpt-5.2', usage: thousands, usd: 0.01575 },
  // 271,999 × 2.5 + 1000 × 15 = 679,997.5 + 15,000: the last prompt at the lower price
  { model: 'gpt-5.4', usage: { promptTokens: 271_999, completionTokens: 1000 }, usd: 0.6949975 },
  // 272,000 × 5 + 1000 × 22.5 = 1,360,000 + 22,500: all of the request at the higher one
  { model: 'gpt-5.4', usage: { promptTokens: 272_000, completionTokens: 1000 }, usd: 1.3825 },
  // 1000 × 1 + 1000 × 6, and 1000 × 0.2 + 1000 × 1.2 from 2026-07-30
  { model: 'gpt-5.6-luna', at: new Date('2026-07-29T12:00:00Z'), usage: thousands, usd: 0.007 },
  { model: 'gpt-5.6-luna', at: new Date('2026-07-30T12:00:00Z'), usage: thousands, usd: 0.0014 },
  // 2000 × 4 + 1000 × 5 (written to the cache) + 500 × 20 = 8,000 + 5,000 + 10,000
  { model: 'gpt-5.6-sol', usage: { promptTokens: 3000, cacheWriteTokens: 1000, completionTokens: 500 }, usd: 0.023 },
  // 1000 × 0.3 + 1000 × 1.2: a fine-tune has a price of its own
  { model: 'ft:gpt-4o-mini-2024-07-18:acme::A1b2', usage: thousands, usd: 0.0015 },
  // 1,000,000 × 0.02
  { model: 'text-embedding-3-small', usage: { promptTokens: 1_000_000, completionTokens: 0 }, usd: 0.02 },
  // 200 × 2.5 + 800 × 32 + 100 × 10 + 400 × 64 = 500 + 25,600 + 1,000 + 25,600
  {
    model: 'gpt-audio',
    usage: { promptTokens: 1000, audioPromptTokens: 800, completionTokens: 500, audioCompletionTokens: 400 },
    usd: 0.0527,
  },

  // Batch: half of 1000 × 2.5 + 1000 × 10
  { model: 'gpt-4o', serviceTier: 'batch', usage: thousands, usd: 0.00625 },
  // Batch: half of 1,000,000 × 0.13
  { model: 'text-embedding-3-large', serviceTier: 'batch', usage: { promptTokens: 1_000_000 }, usd: 0.065 },
  // Flex: 600 × 0.625 + 400 × 0.0625 + 1000 × 5 = 375 + 25 + 5,000
  {
    model: 'gpt-5',
    serviceTier: 'flex',
    usage: { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 1000 },
    usd: 0.0054,
  },
  // Flex: 600 × 1 + 400 × 0.25 + 1000 × 4 = 600 + 100 + 4,000
  {
    model: 'o3',
    serviceTier: 'flex',
    usage: { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 1000 },
    usd: 0.0047,
  },
  // Priority, https://openai.com/api-fast-mode/: 1000 × 3.5 + 1000 × 14
  { model: 'gpt-4.1', serviceTier: 'priority', usage: thousands, usd: 0.0175 },
  // The same page: 500 × 4.25 + 500 × 2.125 + 100 × 17 = 2,125 + 1,062.5 + 1,700
  {
    model: 'gpt-4o-2024-08-06',
    serviceTier: 'priority',
    usage: { promptTokens: 1000, cachedPromptTokens: 500, completionTokens: 100 },
    usd: 0.0048875,
  },
  // Fast mode is twice the standard price here: 1000 × 8 + 1000 × 40
  { model: 'gpt-5.6-sol', serviceTier: 'fast', usage: thousands, usd: 0.048 },
]

test.each(cases)('$model $serviceTier costs $usd at OpenAI', ({ usd, ...query }) => {
  expect(calculateCost({ at, ...query })).toMatchObject({ usd, status: 'priced' })
})

test('a batch of a model before GPT-5 has no price for cached input, so the cost is a lower bound', () => {
  const usage = { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 100 }
  // 600 × 1.25 + 100 × 5 = 750 + 500
  expect(calculateCost({ model: 'gpt-4o', serviceTier: 'batch', usage, at })).toMatchObject({
    usd: 0.00125,
    status: 'partial',
    receipt: { unpricedClasses: ['cacheRead'], reason: "no price of openai's gpt-4o in tier batch for cached input" },
  })
})

test('audio is never charged as text where it has no price', () => {
  const usage = { promptTokens: 1000, audioPromptTokens: 800, completionTokens: 100 }
  // 200 × 2.5 + 100 × 10
  expect(calculateCost({ model: 'gpt-4o-audio-preview', usage, at })).toMatchObject({
    usd: 0.0015,
    status: 'partial',
    receipt: { unpricedClasses: ['inputAudio'] },
  })
})

test.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5'])(
  'an unknown tier of %s has no price: the standard one would be a guess',
  (model) => {
    expect(calculateCost({ model, serviceTier: 'turbo', usage: thousands, at })).toMatchObject({
      usd: 0,
      status: 'unpriced',
      receipt: {
        reason: `no price is known of openai's ${model} for tier turbo; state it under tiers: in prices.yaml`,
      },
    })
  },
)

// The flex column of developers.openai.com/api/docs/pricing has GPT-5 and later without Pro, o3 and o4-mini.
test.each(['gpt-4o-mini', 'gpt-4.1', 'o1', 'o3-mini', 'gpt-5-pro'])('%s is not sold in the flex tier', (model) => {
  expect(calculateCost({ model, serviceTier: 'flex', usage: thousands, at }).status).toBe('unpriced')
})

test('scale tier is paid for in advance, so a token has no price', () => {
  expect(calculateCost({ model: 'gpt-4o', serviceTier: 'scale', usage: thousands }).status).toBe('unpriced')
})

test('an endpoint that keeps data in one region costs 10 % more for newer models', () => {
  const url = 'https://eu.api.openai.com/v1/chat/completions'
  // 1.1 × (1000 × 2.5 + 1000 × 15)
  expect(calculateCost({ model: 'gpt-5.4', url, usage: thousands }).usd).toBe(0.01925)
  expect(calculateCost({ model: 'gpt-4o', url, usage: thousands }).usd).toBe(0.0125)
})
