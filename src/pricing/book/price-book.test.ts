import { expect, test } from 'vitest'
import {
  calculateCost,
  type PriceBook,
  type PriceQuery,
  priceRequest,
  usdPerHourOf,
  withModelPricing,
} from '../index.ts'
import { parsePrices, pricingOfModel } from './parse-prices.ts'

const thousands = { promptTokens: 1000, completionTokens: 1000 }
const at = new Date('2026-11-23T12:00:00Z')

function cost(prices: string | PriceBook, query: Partial<PriceQuery> & { readonly model: string }) {
  const book = typeof prices === 'string' ? parsePrices(prices, 'prices.yaml', 'v1') : prices
  return calculateCost({ usage: thousands, at, prices: book, ...query })
}

test('a stated price counts before the listed one, and the receipt names the file', () => {
  // 1000 × 2 + 1000 × 8
  expect(cost('prices: { gpt-4o: { input: 2, output: 8 } }', { model: 'gpt-4o' })).toMatchObject({
    usd: 0.01,
    status: 'priced',
    receipt: {
      price: {
        source: 'prices.yaml',
        version: 'v1',
        provider: 'openai',
        product: 'gpt-4o',
        tier: 'standard',
        date: '2026-11-23',
      },
    },
  })
})

test('an explicit zero is a price', () => {
  expect(cost('prices: { my-model: { input: 0, output: 0 } }', { model: 'my-model' })).toMatchObject({
    usd: 0,
    status: 'priced',
  })
})

test('a class that is not stated has no price', () => {
  const usage = { promptTokens: 1000, cachedPromptTokens: 400, completionTokens: 0 }
  expect(cost('prices: { my-model: { input: 1, output: 2 } }', { model: 'my-model', usage })).toMatchObject({
    usd: 0.0006,
    status: 'partial',
    receipt: { unpricedClasses: ['cacheRead'] },
  })
})

test('a price holds from its first day on', () => {
  const prices = 'prices: { m: [{ input: 1, output: 1 }, { from: 2026-06-01, input: 2, output: 2 }] }'
  expect(cost(prices, { model: 'm', at: new Date('2026-05-31T23:59:59Z') }).usd).toBe(0.002)
  expect(cost(prices, { model: 'm', at: new Date('2026-06-01T00:00:00Z') }).usd).toBe(0.004)
})

test('before the first stated day the listed price holds', () => {
  const prices = 'prices: { gpt-4o: { from: 2026-12-01, input: 1, output: 1 } }'
  expect(cost(prices, { model: 'gpt-4o' }).usd).toBe(0.0125)
})

test('a price for one provider does not hold for another', () => {
  const prices = 'prices: { gpt-4o: [{ provider: azure_openai, input: 1, output: 1 }, { input: 2, output: 2 }] }'
  expect(cost(prices, { model: 'azure/gpt-4o' }).usd).toBe(0.002)
  expect(cost(prices, { model: 'gpt-4o', provider: 'openai' }).usd).toBe(0.004)
})

test('a price for a gateway holds where the caller names the gateway', () => {
  const prices = 'prices: { gpt-4o: { provider: acme-gateway, input: 1, output: 1 } }'
  expect(cost(prices, { model: 'gpt-4o', provider: 'acme-gateway' })).toMatchObject({ usd: 0.002, status: 'priced' })
  expect(cost(prices, { model: 'gpt-4o', provider: 'other-gateway' }).status).toBe('unpriced')
})

test('long prompts have a price of their own where one is stated', () => {
  const prices = 'prices: { m: { input: 1, output: 1, long_context: { above: 1000, input: 3 } } }'
  expect(cost(prices, { model: 'm' }).usd).toBe(0.002)
  // 1001 × 3 + 1000 × 1
  expect(cost(prices, { model: 'm', usage: { promptTokens: 1001, completionTokens: 1000 } }).usd).toBe(0.004003)
})

test('tiers are a factor or prices of their own; a tier that is not stated is unpriced', () => {
  const prices = 'prices: { m: { input: 1, output: 1, tiers: { batch: 0.5, Priority: { input: 2, output: 3 } } } }'
  expect(cost(prices, { model: 'm', serviceTier: 'batch' }).usd).toBe(0.001)
  expect(cost(prices, { model: 'm', serviceTier: 'priority' }).usd).toBe(0.005)
  expect(cost(prices, { model: 'm', serviceTier: 'flex' })).toMatchObject({
    status: 'unpriced',
    receipt: { reason: 'prices.yaml states no price of m for tier flex' },
  })
})

test('a tier that is stated for a listed model counts before the known one', () => {
  const prices = 'prices: { gpt-4.1: { provider: azure, tiers: { priority: { input: 3.5, output: 14 } } } }'
  // 1000 × 3.5 + 1000 × 14
  expect(cost(prices, { model: 'azure/gpt-4.1', serviceTier: 'priority' }).usd).toBe(0.0175)
})

test('a discount holds for listed prices, and the receipt says so', () => {
  // 0.9 × (1000 × 2.5 + 1000 × 10)
  expect(cost('discount: 0.1', { model: 'gpt-4o' })).toMatchObject({
    usd: 0.01125,
    receipt: { price: { source: '@pydantic/genai-prices × 0.9 (prices.yaml)', version: '0.1.8, v1' } },
  })
})

test('the discount of a model replaces the general one, and does not touch what others cost', () => {
  const prices = 'discount: 0.1\nprices: { gpt-4o: { discount: 0.5 }, m: { input: 1, output: 1 } }'
  expect(cost(prices, { model: 'gpt-4o' }).usd).toBe(0.00625)
  expect(cost(prices, { model: 'm' }).usd).toBe(0.002)
})

test('a deployment is priced as the model it is mapped to', () => {
  const prices = 'models: { prod-chat: gpt-4o, nightly: { model: gpt-4o, provider: azure, tier: batch } }'
  expect(cost(prices, { model: 'prod-chat', provider: 'azure' })).toMatchObject({
    usd: 0.0125,
    receipt: { price: { provider: 'azure', product: 'gpt-4o' } },
  })
  expect(cost(prices, { model: 'nightly' })).toMatchObject({ usd: 0.00625, receipt: { price: { tier: 'batch' } } })
})

test('a data zone is dearer by the factor that the mapping states', () => {
  const prices = 'models: { eu-chat: { model: gpt-4o, provider: azure, tier: datazone, multiplier: 1.1 } }'
  // 1.1 × (1000 × 2.5 + 1000 × 10)
  expect(cost(prices, { model: 'eu-chat' })).toMatchObject({
    usd: 0.01375,
    status: 'priced',
    receipt: { price: { tier: 'datazone' } },
  })
})

test('an application inference profile is priced as the model it is mapped to, by its ARN or by its id', () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3'
  const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
  expect(cost(`models: { "${arn}": "${model}" }`, { model: arn }).usd).toBe(0.0198)
  expect(cost(`aliases: { a1b2c3: "${model}" }`, { model: arn }).usd).toBe(0.0198)
})

test('a mapping to a model with a stated price uses that price', () => {
  const prices = 'prices: { ours: { input: 1, output: 1 } }\nmodels: { prod: ours }'
  expect(cost(prices, { model: 'prod' })).toMatchObject({ usd: 0.002, status: 'priced' })
})

test('a self-hosted model with an hourly price is charged by busy time, not by token', () => {
  const prices = parsePrices('prices: { llama-70b: { usd_per_hour: 3.6 } }', 'prices.yaml')
  const query = { model: 'llama-70b', modelType: 'vllm', prices }
  expect(priceRequest({ ...query, usage: thousands })).toMatchObject({
    status: 'partial',
    picodollars: 0,
    reason: 'charged by busy time at $3.6 per hour: no price per token',
    hourly: { usdPerHour: 3.6, price: { source: 'prices.yaml', provider: 'self-hosted', product: 'llama-70b' } },
  })
  expect(usdPerHourOf(query)).toBe(3.6)
  expect(usdPerHourOf({ model: 'gpt-4o' })).toBeUndefined()
})

test('pricing in models.yaml counts before a prices file, whatever the model is called', () => {
  const file = parsePrices('discount: 0.1\nprices: { gpt-4o: { input: 9, output: 9 } }', 'prices.yaml')
  const model = pricingOfModel({ input: 1, output: 1 }, 'models.yaml: fast')
  const both = withModelPricing({ file, model })
  expect(cost(model, { model: 'fast' })).toMatchObject({ usd: 0.002, receipt: { price: { source: 'models.yaml' } } })
  expect(both && cost(both, { model: 'gpt-4o' }).usd).toBe(0.002)
  expect(withModelPricing({ file, model: undefined })).toBe(file)
  expect(withModelPricing({ file: undefined, model })).toBe(model)
})

test('pricing in models.yaml may name the model that it is', () => {
  const model = pricingOfModel({ model: 'gpt-4o', provider: 'azure' }, 'models.yaml: fast')
  expect(cost(model, { model: 'prod-chat', modelType: 'azure_openai' }).usd).toBe(0.0125)
})
