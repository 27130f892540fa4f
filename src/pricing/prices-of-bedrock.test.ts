import { expect, test } from 'vitest'
import type { PriceQuery } from './price-query.ts'
import { calculateCost } from './price-request.ts'

// Worked by hand from https://aws.amazon.com/bedrock/pricing/ (US regions), read 2026-11-23.

const at = new Date('2026-11-23T12:00:00Z')
const thousands = { promptTokens: 1000, completionTokens: 1000 }
const long = { promptTokens: 200_001, completionTokens: 1000 }
const haiku45 = 'anthropic.claude-haiku-4-5-20251001-v1:0'

const cases: readonly (PriceQuery & { readonly usd: number })[] = [
  // Claude 3 Opus: 1000 × 15 + 1000 × 75, the same in every form of the name
  { model: 'anthropic.claude-3-opus-20240229-v1:0', usage: thousands, usd: 0.09 },
  { model: 'us.anthropic.claude-3-opus-20240229-v1:0', usage: thousands, usd: 0.09 },
  {
    model: 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-opus-20240229-v1:0',
    usage: thousands,
    usd: 0.09,
  },
  // Claude 3 Sonnet: 1000 × 3 + 1000 × 15
  { model: 'anthropic.claude-3-sonnet-20240229-v1:0', usage: thousands, usd: 0.018 },
  { model: 'eu.anthropic.claude-3-sonnet-20240229-v1:0', usage: thousands, usd: 0.018 },
  {
    model:
      'arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-3-sonnet-20240229-v1%3A0',
    usage: thousands,
    usd: 0.018,
  },
  // Claude 3 Haiku: 1000 × 0.25 + 1000 × 1.25
  { model: 'anthropic.claude-3-haiku-20240307-v1:0', usage: thousands, usd: 0.0015 },
  { model: 'apac.anthropic.claude-3-haiku-20240307-v1:0', usage: thousands, usd: 0.0015 },
  {
    model: 'arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-3-haiku-20240307-v1:0',
    usage: thousands,
    usd: 0.0015,
  },
  { model: 'bedrock/anthropic.claude-3-haiku-20240307-v1:0', usage: thousands, usd: 0.0015 },
  { model: 'bedrock/converse/us-east-1/anthropic.claude-3-haiku-20240307-v1:0:48k', usage: thousands, usd: 0.0015 },
  // Claude 3.5 Sonnet v2: 1000 × 3 + 1000 × 15
  { model: 'us.anthropic.claude-3-5-sonnet-20241022-v2:0', usage: thousands, usd: 0.018 },
  // Claude Sonnet 4.5: 1000 × 3.3 + 1000 × 16.5 in one region, 1000 × 3 + 1000 × 15 anywhere
  { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', usage: thousands, usd: 0.0198 },
  { model: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', usage: thousands, usd: 0.018 },
  // A prompt of more than 200,000 tokens: 200,001 × 6.6 + 1000 × 24.75, and 200,001 × 6 + 1000 × 22.5
  { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', usage: long, usd: 1.3447566 },
  { model: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', usage: long, usd: 1.222506 },
  { model: 'us.anthropic.claude-sonnet-4-20250514-v1:0', usage: long, usd: 1.222506 },
  { model: 'global.anthropic.claude-sonnet-4-20250514-v1:0', usage: long, usd: 1.222506 },
  // The body of the answer leaves the region out; the request has it
  {
    model: `global.${haiku45}`,
    upstreamModel: 'claude-haiku-4-5-20251001',
    provider: 'aws',
    usage: thousands,
    usd: 0.006,
  },
  // 1000 × 1.1 + 2000 × 1.375 + 1000 × 2.2 + 4000 × 0.11 + 500 × 5.5 = 1,100 + 2,750 + 2,200 + 440 + 2,750
  {
    model: `us.${haiku45}`,
    usage: { input: 1000, cacheWrite5m: 2000, cacheWrite1h: 1000, cacheRead: 4000, output: 500 },
    usd: 0.00924,
  },
  // 1000 × 0.8 + 1000 × 3.2
  { model: 'amazon.nova-pro-v1:0', usage: thousands, usd: 0.004 },
  // 600 × 0.06 + 400 × 0.015 + 1000 × 0.24 = 36 + 6 + 240
  {
    model: 'us.amazon.nova-lite-v1:0',
    usage: { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 1000 },
    usd: 0.000282,
  },
  // 1000 × 0.33 + 1000 × 2.75 in the US, 10 % more than 1000 × 0.3 + 1000 × 2.5; 0.374 and 3.157 in the EU
  { model: 'us.amazon.nova-2-lite-v1:0', usage: thousands, usd: 0.00308 },
  { model: 'eu.amazon.nova-2-lite-v1:0', usage: thousands, usd: 0.003531 },
  { model: 'global.amazon.nova-2-lite-v1:0', usage: thousands, usd: 0.0028 },
  // 1000 × 0.72 + 1000 × 0.72
  { model: 'meta.llama3-1-70b-instruct-v1:0', usage: thousands, usd: 0.00144 },
  // 1000 × 4 + 1000 × 12
  { model: 'mistral.mistral-large-2402-v1:0', usage: thousands, usd: 0.016 },
  // Flex is half of 1000 × 0.8 + 1000 × 3.2, priority is 1.75 times as much
  { model: 'amazon.nova-pro-v1:0', serviceTier: 'flex', usage: thousands, usd: 0.002 },
  { model: 'amazon.nova-pro-v1:0', serviceTier: 'priority', usage: thousands, usd: 0.007 },
  // Nova 2 Lite in one region: 1000 × 0.165 + 1000 × 1.375, and 1000 × 0.5775 + 1000 × 4.8125
  { model: 'us.amazon.nova-2-lite-v1:0', serviceTier: 'flex', usage: thousands, usd: 0.00154 },
  { model: 'us.amazon.nova-2-lite-v1:0', serviceTier: 'priority', usage: thousands, usd: 0.00539 },
  { model: 'amazon.nova-pro-v1:0', serviceTier: 'default', usage: thousands, usd: 0.004 },
  // Batch is half of 1000 × 0.25 + 1000 × 1.25
  { model: 'anthropic.claude-3-haiku-20240307-v1:0', serviceTier: 'batch', usage: thousands, usd: 0.00075 },
]

test.each(cases)('$model $serviceTier costs $usd on Bedrock', ({ usd, ...query }) => {
  const cost = calculateCost({ at, ...query })
  expect(cost).toMatchObject({ usd, status: 'priced', receipt: { price: { provider: 'aws' } } })
})

const unpriced = [
  ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3', /hides its model; map it/],
  ['arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3', /by the hour/],
  ['arn:aws:bedrock:us-east-1:123456789012:imported-model/a1b2c3', /by the minute/],
  ['amazon.titan-embed-text-v3:0', /only resembles aws's amazon.titan-embed-text-v1/],
  ['anthropic.claude-sonnet-9-v1:0', /lists no/],
] as const

test.each(unpriced)('%s is unpriced', (model, reason) => {
  const { usd, status, receipt } = calculateCost({ model, usage: thousands, at })
  expect({ usd, status }).toEqual({ usd: 0, status: 'unpriced' })
  expect(receipt.reason).toMatch(reason)
})

test.each(['amazon.nova-micro-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0', 'meta.llama3-1-70b-instruct-v1:0'])(
  '%s is not among the models that have a priority tier',
  (model) => {
    expect(calculateCost({ model, serviceTier: 'priority', usage: thousands, at }).status).toBe('unpriced')
  },
)

test('cached input has no price of its own in the flex and priority tiers', () => {
  const usage = { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 1000 }
  // 600 × 1.4 + 1000 × 5.6 = 840 + 5,600
  expect(calculateCost({ model: 'amazon.nova-pro-v1:0', serviceTier: 'priority', usage, at })).toMatchObject({
    usd: 0.00644,
    status: 'partial',
    receipt: { unpricedClasses: ['cacheRead'] },
  })
})

test('a tier has no price before it existed', () => {
  const query = { model: 'amazon.nova-pro-v1:0', serviceTier: 'flex', usage: thousands }
  expect(calculateCost({ ...query, at: new Date('2025-11-17T12:00:00Z') }).status).toBe('unpriced')
  expect(calculateCost({ ...query, at: new Date('2025-11-18T12:00:00Z') }).status).toBe('priced')
})
