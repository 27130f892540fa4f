import { expect, test } from 'vitest'
import type { PriceQuery } from './price-query.ts'
import { calculateCost } from './price-request.ts'

// Worked by hand from https://platform.claude.com/docs/en/about-claude/pricing, read 2026-11-23.

const at = new Date('2026-11-23T12:00:00Z')
const thousands = { promptTokens: 1000, completionTokens: 1000 }

const cases: readonly (PriceQuery & { readonly usd: number })[] = [
  // 1000 × 15 + 1000 × 75
  { model: 'claude-3-opus-20240229', usage: thousands, usd: 0.09 },
  // 1000 × 3 + 1000 × 15
  { model: 'claude-3-sonnet-20240229', usage: thousands, usd: 0.018 },
  // 1000 × 0.25 + 1000 × 1.25
  { model: 'claude-3-haiku-20240307', usage: thousands, usd: 0.0015 },
  // 1000 × 0.8 + 1000 × 4
  { model: 'claude-3-5-haiku-latest', usage: thousands, usd: 0.0048 },
  // 1000 × 3 + 1000 × 15
  { model: 'anthropic/claude-3-5-sonnet-20241022', usage: thousands, usd: 0.018 },
  // 10,000 of which 4000 are written for 5 minutes: 6000 × 3 + 4000 × 3.75 + 100 × 15 = 18,000 + 15,000 + 1,500
  { model: 'claude-sonnet-4-20250514', usage: { input: 6000, cacheWrite5m: 4000, output: 100 }, usd: 0.0345 },
  // The same written for 1 hour: 6000 × 3 + 4000 × 6 + 100 × 15 = 18,000 + 24,000 + 1,500
  { model: 'claude-sonnet-4-20250514', usage: { input: 6000, cacheWrite1h: 4000, output: 100 }, usd: 0.0435 },
  // Read back later: 6000 × 3 + 4000 × 0.3 + 100 × 15 = 18,000 + 1,200 + 1,500
  { model: 'claude-sonnet-4-20250514', usage: { input: 6000, cacheRead: 4000, output: 100 }, usd: 0.0207 },
  // 1000 × 5 + 1000 × 25
  { model: 'claude-opus-4-5', usage: thousands, usd: 0.03 },
  // 1000 × 1 + 1000 × 5
  { model: 'claude-haiku-4-5-20251001', usage: thousands, usd: 0.006 },
  // 200,000 × 3 + 1000 × 15 = 600,000 + 15,000; one token more and all of it is dearer
  { model: 'claude-sonnet-4-5', usage: { promptTokens: 200_000, completionTokens: 1000 }, usd: 0.615 },
  // 200,001 × 6 + 1000 × 22.5 = 1,200,006 + 22,500
  { model: 'claude-sonnet-4-5', usage: { promptTokens: 200_001, completionTokens: 1000 }, usd: 1.222506 },
  // Sonnet 4 as well
  { model: 'claude-sonnet-4-20250514', usage: { promptTokens: 200_001, completionTokens: 1000 }, usd: 1.222506 },
  // 100,000 × 6 + 150,000 × 0.6 + 1000 × 22.5: cached input counts for the length = 600,000 + 90,000 + 22,500
  { model: 'claude-sonnet-4-5', usage: { input: 100_000, cacheRead: 150_000, output: 1000 }, usd: 0.7125 },
  // 250,000 × 6 + 1000 × 22.5 until long prompts lost their surcharge on 2026-03-13, then 250,000 × 3 + 1000 × 15
  {
    model: 'claude-sonnet-4-6',
    at: new Date('2026-03-12T12:00:00Z'),
    usage: { promptTokens: 250_000, completionTokens: 1000 },
    usd: 1.5225,
  },
  { model: 'claude-sonnet-4-6', usage: { promptTokens: 250_000, completionTokens: 1000 }, usd: 0.765 },
  // Batch, half of everything: 500 × 1.5 + 500 × 0.15 + 1000 × 7.5 = 750 + 75 + 7,500
  {
    model: 'claude-sonnet-4-6',
    serviceTier: 'batch',
    usage: { input: 500, cacheRead: 500, output: 1000 },
    usd: 0.008325,
  },
  // Fast mode: 6 × (1000 × 5 + 1000 × 25), and 2 × as much for the models after it
  { model: 'claude-opus-4-6', serviceTier: 'fast', usage: thousands, usd: 0.18 },
  { model: 'claude-opus-5', serviceTier: 'fast', usage: thousands, usd: 0.06 },
  { model: 'claude-opus-4-5', serviceTier: 'standard', usage: thousands, usd: 0.03 },
]

test.each(cases)('$model $serviceTier costs $usd at Anthropic', ({ usd, ...query }) => {
  const cost = calculateCost({ at, ...query })
  expect(cost).toMatchObject({ usd, status: 'priced', receipt: { price: { provider: 'anthropic' } } })
})

test('the priority tier is capacity bought in advance, so a token has no price', () => {
  const { status, receipt } = calculateCost({ model: 'claude-opus-4-5', serviceTier: 'priority', usage: thousands })
  expect(status).toBe('unpriced')
  expect(receipt.reason).toMatch(/paid for in advance/)
})
