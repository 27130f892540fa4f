import { expect, test } from 'vitest'
import type { PriceQuery } from './price-query.ts'
import { calculateCost } from './price-request.ts'

// Worked by hand from https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/ (global deployments),
// read 2026-11-23.

const at = new Date('2026-11-23T12:00:00Z')
const thousands = { promptTokens: 1000, completionTokens: 1000 }

const cases: readonly (PriceQuery & { readonly usd: number })[] = [
  // 1000 × 2.5 + 1000 × 10
  { model: 'azure/gpt-4o', usage: thousands, usd: 0.0125 },
  // 500 × 2.5 + 500 × 1.25 + 100 × 10 = 1,250 + 625 + 1,000
  {
    model: 'gpt-4o',
    provider: 'azure',
    usage: { promptTokens: 1000, cachedPromptTokens: 500, completionTokens: 100 },
    usd: 0.002875,
  },
  // 440 × 0.15 + 920 × 0.6 = 66 + 552
  {
    model: 'gpt-4o-mini',
    modelType: 'azure_openai',
    usage: { promptTokens: 440, completionTokens: 920 },
    usd: 0.000618,
  },
  // 1000 × 30 + 1000 × 60
  { model: 'gpt-4', provider: 'azure', usage: thousands, usd: 0.09 },
  // 1000 × 10 + 1000 × 30
  { model: 'gpt-4-turbo-2024-04-09', provider: 'azure', usage: thousands, usd: 0.04 },
  // 1000 × 0.5 + 1000 × 1.5: Azure leaves the point out of the name
  { model: 'gpt-35-turbo', usage: thousands, usd: 0.002 },
  // 1000 × 1 + 1000 × 2
  { model: 'gpt-35-turbo-1106', provider: 'azure', usage: thousands, usd: 0.003 },
  // 1000 × 3 + 1000 × 4
  { model: 'gpt-35-turbo-16k', provider: 'azure', usage: thousands, usd: 0.007 },
  // 1000 × 1.1 + 1000 × 4.4
  { model: 'o3-mini', provider: 'azure', usage: thousands, usd: 0.0055 },
  // 1000 × 1.25 + 1000 × 5, https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch
  { model: 'gpt-4o', provider: 'azure', serviceTier: 'batch', usage: thousands, usd: 0.00625 },
  // The answer names the model that the deployment runs: 1000 × 0.15 + 1000 × 0.6
  {
    model: 'chat-prod',
    upstreamModel: 'gpt-4o-mini-2024-07-18',
    url: 'https://acme.openai.azure.com/openai/deployments/chat-prod/chat/completions?api-version=2025-01-01',
    usage: thousands,
    usd: 0.00075,
  },
  // A deployment that is called gpt-4 and runs GPT-4o mini
  { model: 'gpt-4', upstreamModel: 'gpt-4o-mini', provider: 'azure', usage: thousands, usd: 0.00075 },
]

test.each(cases)('$model costs $usd on Azure', ({ usd, ...query }) => {
  const cost = calculateCost({ at, ...query })
  expect(cost).toMatchObject({ usd, status: 'priced', receipt: { price: { provider: 'azure' } } })
})

test('a deployment whose model nobody names is unpriced, and the reason says what to do', () => {
  expect(calculateCost({ model: 'my-deployment', provider: 'azure', usage: thousands })).toMatchObject({
    usd: 0,
    status: 'unpriced',
    receipt: { reason: 'azure lists no "my-deployment"; if it is a deployment, map it under models: in prices.yaml' },
  })
})

test('deep research is no o4-mini, and its searches are charged on top of its tokens', () => {
  // 1000 × 2 + 1000 × 8: the table takes everything with o4-mini in its name for o4-mini
  expect(calculateCost({ model: 'o4-mini-deep-research', provider: 'azure', usage: thousands })).toMatchObject({
    usd: 0.01,
    status: 'partial',
    receipt: { reason: "no price of azure's o4-mini-deep-research for web searches" },
  })
})

test('what the answer names is not replaced by the name of the deployment', () => {
  const query = { model: 'gpt-4o', upstreamModel: 'gpt-4o-2031-01-01', provider: 'azure', usage: thousands }
  expect(calculateCost(query).status).toBe('unpriced')
})

test('priority processing on Azure is unpriced where no source has its meters, until the user states them', () => {
  const query = { model: 'gpt-4.1', provider: 'azure', serviceTier: 'priority', usage: thousands }
  expect(calculateCost(query).status).toBe('unpriced')
})

test('priority processing costs twice as much in a global deployment, and is not guessed in a data zone', () => {
  const query = { provider: 'azure', serviceTier: 'priority', usage: thousands }
  // 1000 × 5 + 1000 × 30 per million, twice 2.5 and 15
  expect(calculateCost({ ...query, model: 'gpt-5.4' })).toMatchObject({ status: 'priced', usd: 0.035 })
  expect(calculateCost({ ...query, model: 'azure/eu/gpt-5.4' })).toMatchObject({ status: 'unpriced', usd: 0 })
})
