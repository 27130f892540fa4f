import { expect, test } from 'vitest'
import { calculateCost, priceRequest, tableDate, tableVersion } from './index.ts'

const usage = { promptTokens: 440, completionTokens: 920 }

test('a receipt says which price was used and what each class cost, and its lines add up', () => {
  const at = new Date('2026-11-23T23:59:59Z')
  expect(priceRequest({ model: 'gpt-4o-mini', usage, at })).toEqual({
    status: 'priced',
    picodollars: 618_000_000,
    price: {
      source: '@pydantic/genai-prices',
      version: tableVersion,
      provider: 'openai',
      product: 'gpt-4o-mini',
      tier: 'standard',
      date: '2026-11-23',
      listedOn: tableDate,
      page: 'https://developers.openai.com/api/docs/pricing',
    },
    lines: [
      { tokenClass: 'input', tokens: 440, usdPerMillion: 0.15, picodollars: 66_000_000 },
      { tokenClass: 'output', tokens: 920, usdPerMillion: 0.6, picodollars: 552_000_000 },
    ],
  })
})

test('without a date, the price is that of the day the table was published', () => {
  expect(priceRequest({ model: 'gpt-4o-mini', usage }).price?.date).toBe(tableDate)
})

test('a cost that the provider states counts, and ours stays beside it', () => {
  const query = { model: 'openai/gpt-4o-mini', provider: 'openrouter', usage, reportedUsd: 0.0007 }
  expect(calculateCost(query)).toMatchObject({
    usd: 0.0007,
    status: 'reported',
    receipt: { picodollars: 700_000_000, calculatedPicodollars: 618_000_000 },
  })
})

test('a cost that the provider states counts even where we have no price', () => {
  const cost = calculateCost({ model: 'acme/new-model', provider: 'openrouter', usage, reportedUsd: 0.01 })
  expect(cost).toMatchObject({ usd: 0.01, status: 'reported' })
  expect(cost.receipt.calculatedPicodollars).toBeUndefined()
  expect(cost.receipt.price).toMatchObject({
    source: 'stated in the answer',
    provider: 'openrouter',
    product: 'acme/new-model',
  })
})

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('a stated cost of %s is ignored', (reportedUsd) => {
  expect(calculateCost({ model: 'gpt-4o-mini', usage, reportedUsd })).toMatchObject({ usd: 0.000618, status: 'priced' })
})

test('a rehearsal costs what the named model would have cost, and says that it is one', () => {
  expect(calculateCost({ model: 'gpt-4o-mini', usage, isSimulated: true })).toMatchObject({
    usd: 0.000618,
    status: 'simulated',
  })
  expect(calculateCost({ model: 'nobody-knows', usage, isSimulated: true })).toMatchObject({
    usd: 0,
    status: 'simulated',
    receipt: { rehearsedStatus: 'unpriced' },
  })
})

test('a receipt names the page of its tier and the day on which it was read', () => {
  expect(priceRequest({ model: 'o3', usage, serviceTier: 'flex' }).price?.page).toMatch(/^https:.*, read 2026-11-/)
})

test('the address of a simulator says nothing about who would have been paid', () => {
  const url = 'http://127.0.0.1:4010/v1/chat/completions'
  const query = { model: 'mistral-large-latest', url, usage: { promptTokens: 1000, completionTokens: 1000 } }
  expect(calculateCost({ ...query, isSimulated: true })).toMatchObject({ usd: 0.002, status: 'simulated' })
  expect(calculateCost(query).status).toBe('unpriced')
})

test('an answer without usage is unpriced, not free', () => {
  expect(priceRequest({ model: 'gpt-4o', usage: {} })).toEqual({
    status: 'unpriced',
    picodollars: 0,
    lines: [],
    unpricedClasses: undefined,
    reason: 'the answer reported no usage',
  })
})

test('an answer that reported no input is a lower bound', () => {
  expect(priceRequest({ model: 'gpt-4o', usage: { output: 100 } })).toMatchObject({
    status: 'partial',
    picodollars: 1_000_000_000,
    reason: 'the answer did not report its input tokens',
  })
})

test.each([
  [{ promptTokens: -1, completionTokens: 1 }, 'input is -1, not a number of tokens'],
  [{ promptTokens: Number.NaN, completionTokens: 1 }, 'input is NaN, not a number of tokens'],
  [{ promptTokens: 1, completionTokens: Number.POSITIVE_INFINITY }, 'output is Infinity, not a number of tokens'],
])('impossible counts are unpriced and never throw: %j', (impossible, reason) => {
  expect(priceRequest({ model: 'gpt-4o', usage: impossible })).toMatchObject({
    status: 'unpriced',
    picodollars: 0,
    reason,
  })
})

test('an impossible date is unpriced and never throws', () => {
  expect(priceRequest({ model: 'gpt-4o', usage, at: Number.NaN })).toMatchObject({ status: 'unpriced', picodollars: 0 })
})

test('parts that are more than their total come on top of it, as some providers report them', () => {
  // 100 × 2.5 + 400 × 1.25 + 10 × 10
  const cost = calculateCost({
    model: 'gpt-4o',
    usage: { promptTokens: 100, cachedPromptTokens: 400, completionTokens: 10 },
  })
  expect(cost.usd).toBe(0.00085)
})

test('a repeated request shares its price with the one before it', () => {
  const first = priceRequest({ model: 'gpt-4o', usage, at: Date.UTC(2026, 10, 23, 1) })
  const second = priceRequest({ model: 'gpt-4o', usage, at: Date.UTC(2026, 10, 23, 23) })
  const nextDay = priceRequest({ model: 'gpt-4o', usage, at: Date.UTC(2026, 10, 24) })
  expect(second.price).toBe(first.price)
  expect(nextDay.price?.date).toBe('2026-11-24')
})

test('a cost of ours that is not whole does not stand beside the stated one', () => {
  const stated = { model: 'gpt-4o-mini', reportedUsd: 0.5 }
  const whole = calculateCost({ ...stated, usage: { input: 1000, output: 100 } })
  // 1,000 × 0.15 + 100 × 0.60 for a million.
  expect(whole.receipt).toMatchObject({ status: 'reported', calculatedPicodollars: 210_000_000 })
  const doubtful = calculateCost({ ...stated, usage: { input: 1000, output: 100, doubts: ['something else'] } })
  expect(doubtful).toMatchObject({ status: 'reported', usd: 0.5 })
  expect(doubtful.receipt.calculatedPicodollars).toBeUndefined()
})

test.each([
  [{ unit: 'webSearch', quantity: -1 }, 'web searches: -1 is no number of them'],
  [{ unit: 'image', quantity: Number.NaN }, 'images: NaN is no number of them'],
  [{ unit: 'page', quantity: Number.POSITIVE_INFINITY }, 'pages: Infinity is no number of them'],
] as const)('impossible numbers of fees are unpriced and never throw: %j', (fee, reason) => {
  expect(priceRequest({ model: 'gpt-4o', usage: { input: 1, output: 1, fees: [fee] } })).toMatchObject({
    status: 'unpriced',
    picodollars: 0,
    reason,
  })
})

test('cached audio without a listed price is told, unless audio costs what text does', () => {
  const usage = { input: 1, cacheRead: 10, cachedAudio: 5, output: 1 }
  for (const model of ['gpt-4.1', 'claude-sonnet-4-5']) {
    expect(calculateCost({ model, usage }), model).toMatchObject({
      status: 'partial',
      receipt: { reason: '5 of the cached tokens are audio, which has no listed price' },
    })
    expect(calculateCost({ model, usage: { ...usage, cachedAudio: 0 } }).status, model).toBe('priced')
  }
  expect(calculateCost({ model: 'gemini-2.5-pro', usage }).status).toBe('priced')
})
