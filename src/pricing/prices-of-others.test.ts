import { expect, test } from 'vitest'
import type { PriceQuery } from './price-query.ts'
import { calculateCost } from './price-request.ts'

// Worked by hand from the pages named, read 2026-11-23.

const at = new Date('2026-11-23T12:00:00Z')
const thousands = { promptTokens: 1000, completionTokens: 1000 }

// https://ai.google.dev/gemini-api/docs/pricing
const google: readonly (PriceQuery & { readonly usd: number })[] = [
  // 200,000 × 1.25 + 1000 × 10 = 250,000 + 10,000
  { model: 'gemini-2.5-pro', usage: { promptTokens: 200_000, completionTokens: 1000 }, usd: 0.26 },
  // 200,001 × 2.5 + 1000 × 15 = 500,002.5 + 15,000
  { model: 'models/gemini-2.5-pro', usage: { promptTokens: 200_001, completionTokens: 1000 }, usd: 0.5150025 },
  // 200,000 × 2.5 + 100,000 × 0.25 + 2000 × 15 = 500,000 + 25,000 + 30,000
  {
    model: 'gemini/gemini-2.5-pro',
    usage: { promptTokens: 300_000, cachedPromptTokens: 100_000, completionTokens: 2000 },
    usd: 0.555,
  },
  // 600 × 0.3 + 400 × 1 + 100 × 2.5 = 180 + 400 + 250
  {
    model: 'gemini-2.5-flash',
    usage: { promptTokens: 1000, audioPromptTokens: 400, completionTokens: 100 },
    usd: 0.00083,
  },
  // 1000 × 0.3 + 100 × 2.5: images are listed with text
  {
    model: 'gemini-2.5-flash',
    usage: { promptTokens: 1000, imagePromptTokens: 900, completionTokens: 100 },
    usd: 0.00055,
  },
  // 1000 × 0.1 + 1000 × 0.4
  { model: 'gemini-2.0-flash-001', usage: thousands, usd: 0.0005 },
  // 1000 × 2 + 200 × 12 + 800 × 12
  {
    model: 'projects/p/locations/global/publishers/google/models/gemini-3-pro-preview',
    usage: { promptTokens: 1000, completionTokens: 1000, reasoningTokens: 800 },
    usd: 0.014,
  },
  // Flex: half of 1000 × 0.5 + 1000 × 3; priority: 1.8 times as much
  { model: 'gemini-3-flash-preview', serviceTier: 'ON_DEMAND_FLEX', usage: thousands, usd: 0.00175 },
  { model: 'gemini-3-flash-preview', serviceTier: 'ON_DEMAND_PRIORITY', usage: thousands, usd: 0.0063 },
  { model: 'gemini-3-flash-preview', serviceTier: 'ON_DEMAND', usage: thousands, usd: 0.0035 },
  // Batch: half of 1000 × 1.25 + 1000 × 10
  { model: 'gemini-2.5-pro', serviceTier: 'batch', usage: thousands, usd: 0.005625 },
  // Claude on Vertex, https://cloud.google.com/vertex-ai/generative-ai/pricing: 1000 × 3 + 1000 × 15
  { model: 'claude-3-5-sonnet-v2@20241022', usage: thousands, usd: 0.018 },
  // 200,001 × 6 + 1000 × 22.5
  { model: 'claude-sonnet-4@20250514', usage: { promptTokens: 200_001, completionTokens: 1000 }, usd: 1.222506 },
  // 1000 × 0.75 + 1000 × 3.75, and twice that from 2027-01-01 as announced
  { model: 'gemini-3.6-flash', usage: thousands, usd: 0.0045 },
  { model: 'gemini-3.6-flash', at: new Date('2027-01-01T00:00:00Z'), usage: thousands, usd: 0.009 },
]

// https://mistral.ai/pricing/api
const mistral: readonly (PriceQuery & { readonly usd: number })[] = [
  // The alias moved on 2025-12-02: 1000 × 2 + 1000 × 6, then 1000 × 0.5 + 1000 × 1.5
  { model: 'mistral-large-latest', at: new Date('2025-12-01T12:00:00Z'), usage: thousands, usd: 0.008 },
  { model: 'mistral-large-latest', at: new Date('2026-09-23T12:00:00Z'), usage: thousands, usd: 0.002 },
  // 1000 × 0.5 + 1000 × 1.5
  { model: 'mistral/mistral-large-2512', usage: thousands, usd: 0.002 },
  // The alias moved on 2026-03-16: 1000 × 0.1 + 1000 × 0.3, then 1000 × 0.15 + 1000 × 0.6
  {
    model: 'mistral-small-latest',
    modelType: 'mistralai',
    at: new Date('2026-03-15T12:00:00Z'),
    usage: thousands,
    usd: 0.0004,
  },
  { model: 'mistral-small-latest', modelType: 'mistralai', usage: thousands, usd: 0.00075 },
  // 500 × 0.3 + 500 × 0.03 + 1000 × 0.9 = 150 + 15 + 900
  {
    model: 'codestral-2508',
    usage: { promptTokens: 1000, cachedPromptTokens: 500, completionTokens: 1000 },
    usd: 0.001065,
  },
  // Batch, https://docs.mistral.ai/capabilities/batch: half of 1000 × 0.5 + 1000 × 1.5
  { model: 'mistral-large-2512', serviceTier: 'batch', usage: thousands, usd: 0.001 },
  // The alias moved to a dearer model on 2026-06-16: 1000 × 0.4 + 1000 × 2, then 1000 × 1.5 + 1000 × 7.5
  { model: 'mistral-medium-latest', at: new Date('2026-06-15T12:00:00Z'), usage: thousands, usd: 0.0024 },
  { model: 'mistral-medium-latest', usage: thousands, usd: 0.009 },
]

const others: readonly (PriceQuery & { readonly usd: number })[] = [
  // https://docs.x.ai/docs/models: 1000 × 3 + 1000 × 15
  { model: 'grok-4', usage: thousands, usd: 0.018 },
]

// https://api-docs.deepseek.com/quick_start/pricing and /updates
const deepSeek: readonly (PriceQuery & { readonly usd: number })[] = [
  // Until 2025-09-05 dear from 00:30 to 16:30 UTC: 1000 × 0.27 + 1000 × 1.1, then 1000 × 0.135 + 1000 × 0.55
  { model: 'deepseek-chat', at: new Date('2025-08-23T16:29:59Z'), usage: thousands, usd: 0.00137 },
  { model: 'deepseek-chat', at: new Date('2025-08-23T16:30:00Z'), usage: thousands, usd: 0.000685 },
  // 1000 × 0.56 + 1000 × 1.68; V3.2 1000 × 0.28 + 1000 × 0.42; V4 1000 × 0.14 + 1000 × 0.28
  { model: 'deepseek-chat', at: new Date('2025-09-10T20:00:00Z'), usage: thousands, usd: 0.00224 },
  { model: 'deepseek-reasoner', at: new Date('2026-03-25T12:00:00Z'), usage: thousands, usd: 0.0007 },
  { model: 'deepseek-chat', at: new Date('2026-03-25T20:00:00Z'), usage: thousands, usd: 0.0007 },
  { model: 'deepseek-chat', at: new Date('2026-05-25T12:00:00Z'), usage: thousands, usd: 0.00042 },
  // V4 Flash: flat 0.14 and 0.28; from 2026-08-16 16:00 UTC 0.22 and 0.66, twice that at peak
  { model: 'deepseek-v4-flash', at: new Date('2026-08-16T15:59:59Z'), usage: thousands, usd: 0.00042 },
  { model: 'deepseek-v4-flash', at: new Date('2026-08-16T16:00:00Z'), usage: thousands, usd: 0.00088 },
  { model: 'deepseek-v4-flash', at: new Date('2026-08-18T02:00:00Z'), usage: thousands, usd: 0.00176 },
  { model: 'deepseek-v4-flash', at: new Date('2026-08-18T04:00:00Z'), usage: thousands, usd: 0.00088 },
  // A Saturday at a peak hour: still dear on 2026-08-22, off-peak since 2026-08-23
  { model: 'deepseek-v4-flash', at: new Date('2026-08-22T02:00:00Z'), usage: thousands, usd: 0.00176 },
  { model: 'deepseek-v4-flash', at: new Date('2026-09-05T02:00:00Z'), usage: thousands, usd: 0.00088 },
  // Served by V4.1 since 2026-09-10 04:00 UTC: 0.15 and 0.6, twice that at peak on weekdays that are no holidays
  { model: 'deepseek-v4-flash', at: new Date('2026-09-10T03:59:59Z'), usage: thousands, usd: 0.00176 },
  { model: 'deepseek-v4-flash', at: new Date('2026-09-10T04:00:00Z'), usage: thousands, usd: 0.00075 },
  { model: 'deepseek-flash', at: new Date('2026-11-23T06:00:00Z'), usage: thousands, usd: 0.0015 },
  { model: 'deepseek-flash', at: new Date('2026-11-23T10:00:00Z'), usage: thousands, usd: 0.00075 },
  { model: 'deepseek-flash', at: new Date('2026-10-01T06:00:00Z'), usage: thousands, usd: 0.00075 },
  // V4 Pro: 0.66 and 1.98
  { model: 'deepseek-v4-pro', at: new Date('2026-11-28T02:00:00Z'), usage: thousands, usd: 0.00264 },
]

test.each(deepSeek)('$model at $at costs $usd', ({ usd, ...query }) => {
  expect(calculateCost({ provider: 'deepseek', ...query })).toMatchObject({ usd, status: 'priced' })
})

test('a name that its provider has shut has no price', () => {
  const { status, receipt } = calculateCost({ model: 'deepseek-chat', usage: thousands, at })
  expect({ status, reason: receipt.reason }).toEqual({
    status: 'unpriced',
    reason: 'DeepSeek shut this name on 2026-07-24; it is deepseek-flash now',
  })
})

test.each([...google, ...mistral, ...others])('$model $serviceTier costs $usd', ({ usd, ...query }) => {
  expect(calculateCost({ at, ...query })).toMatchObject({ usd, status: 'priced' })
})

const free = [
  { model: 'meta-llama/Llama-3.1-8B-Instruct', modelType: 'vllm', url: 'http://10.0.0.5:8000/v1/chat/completions' },
  { model: 'hosted_vllm/qwen3-32b' },
  { model: 'HuggingFaceH4/zephyr-7b-beta', modelType: 'TGI' },
  { model: 'llama3:8b', provider: 'ollama' },
  { model: 'ollama/llama3' },
  { model: 'ensemble', modelType: 'triton' },
  { model: 'gpt-oss-20b', provider: 'vllm' },
]

test.each(free)('$model on a server of one’s own is free', (query) => {
  expect(calculateCost({ ...query, usage: thousands })).toMatchObject({ usd: 0, status: 'free' })
})

test.each([
  ['mistral-nemo:free', 'mistral', 'priced', undefined],
  ['gemma-4-31b-it', 'google', 'priced', undefined],
  ['gemma-3', 'google', 'unpriced', 'google lists gemma-3 without a price'],
  ['gpt-4o', 'github-copilot', 'unpriced', 'github-copilot lists gpt-4o without a price'],
  // The table fills these in from elsewhere.
  ['gpt-5-image', 'openai', 'unpriced', "the table's price of gpt-5-image is OpenRouter's, not that of openai"],
] as const)(
  'what is listed without a price is free only where the list says so: %s at %s',
  (model, provider, status, reason) => {
    const cost = calculateCost({ model, provider, usage: thousands })
    expect({ usd: cost.usd, status: cost.status, reason: cost.receipt.reason }).toEqual({ usd: 0, status, reason })
  },
)

test('a self-hosted type at the address of a provider who charges is not free', () => {
  const url = 'https://api.together.xyz/v1/chat/completions'
  const query = { model: 'meta-llama/Llama-3.3-70B-Instruct-Turbo', modelType: 'vllm', url, usage: thousands }
  expect(calculateCost(query)).toMatchObject({ status: 'priced', receipt: { price: { provider: 'together' } } })
})

test.each(['https://ollama.com/api/chat', undefined])('Ollama’s cloud is not free (%s)', (url) => {
  const query = { model: 'gpt-oss:120b-cloud', provider: 'ollama', url, usage: thousands }
  expect(calculateCost(query)).toMatchObject({ usd: 0, status: 'unpriced' })
})

test('a model of Ollama’s cloud is known for one by its address, whatever its name', () => {
  const query = { model: 'llama3', provider: 'ollama', url: 'https://ollama.com/api/chat', usage: thousands }
  expect(calculateCost(query)).toMatchObject({ usd: 0, status: 'unpriced' })
  const own = { ...query, url: 'http://127.0.0.1:11434/api/chat' }
  expect(calculateCost(own)).toMatchObject({ usd: 0, status: 'free' })
})

// ai.google.dev/gemini-api/docs/optimization: flex is half, for models with and without "preview" in their name.
test.each(['gemini-2.5-flash', 'gemini-3.5-flash', 'gemini-3-flash-preview'])('flex at Gemini is half: %s', (model) => {
  const standard = calculateCost({ model, usage: thousands })
  const flex = calculateCost({ model, serviceTier: 'ON_DEMAND_FLEX', usage: thousands })
  expect(standard.usd).toBeGreaterThan(0)
  expect(flex).toMatchObject({ status: 'priced' })
  expect(flex.usd).toBeCloseTo(standard.usd / 2, 9)
})

test('provisioned throughput has no price per token', () => {
  const query = { model: 'gemini-2.5-pro', serviceTier: 'PROVISIONED_THROUGHPUT', usage: thousands }
  expect(calculateCost(query).status).toBe('unpriced')
})

test('flex at Groq costs what on-demand does, and its performance tier is paid for in advance', () => {
  const query = { model: 'llama-3.3-70b-versatile', provider: 'groq', usage: thousands }
  // 1000 × 0.59 + 1000 × 0.79 per million
  expect(calculateCost({ ...query, serviceTier: 'flex' })).toMatchObject({ status: 'priced', usd: 0.00138 })
  expect(calculateCost({ ...query, serviceTier: 'performance' })).toMatchObject({
    status: 'unpriced',
    receipt: { reason: 'tier performance is capacity paid for in advance: a token has no price' },
  })
})

test('a fee for each request whose size is not known makes the cost a lower bound', () => {
  expect(calculateCost({ model: 'sonar', provider: 'perplexity', usage: thousands })).toMatchObject({
    status: 'partial',
    receipt: { reason: "no price of perplexity's sonar for the fee of a request", unpricedFees: ['request'] },
  })
})

test('output that may be images is at least what text costs; images that are told of have their own price', () => {
  const model = 'gemini-2.5-flash-image'
  const { status, receipt } = calculateCost({ model, usage: thousands })
  expect({ status, reason: receipt.reason }).toEqual({
    status: 'partial',
    reason: 'the usage does not tell how many of the output tokens are images',
  })
  // 10 × 0.30 + 1,290 × 30, and 100 × 2.50 for the text beside it, for a million.
  const told = calculateCost({ model, usage: { input: 10, outputImage: 1290, output: 100 } })
  expect({ status: told.status, usd: told.usd }).toEqual({ status: 'priced', usd: 0.038953 })
})
