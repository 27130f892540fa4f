import { findProvider } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { receiptBlock } from '../../metadata/summary/cost-blocks.ts'
import { CostTotals } from '../../metadata/totals/cost-totals.ts'
import { type FeeCount, feeUnits, type Usage } from '../../metadata/usage.ts'
import { calculateCost, type PriceQuery, priceRequest } from '../index.ts'
import { feeRows } from './fee-rows.ts'

const tokens = { input: 1000, output: 100 }

interface Row {
  readonly query: Omit<PriceQuery, 'usage'>
  readonly fees?: readonly FeeCount[]
  readonly usage?: Usage
  readonly usd: number
}

// Each amount worked out by hand from the page that the fee names.
const rows: Record<string, Row> = {
  // 1000 × 2 + 100 × 8 per million = 0.0028; a search is $10 for 1,000.
  'OpenAI, two web searches': {
    query: { model: 'gpt-4.1' },
    fees: [{ unit: 'webSearch', quantity: 2 }],
    usd: 0.0028 + 2 * 0.01,
  },
  'OpenAI, web search preview of a model that does not reason': {
    query: { model: 'gpt-4.1' },
    fees: [{ unit: 'webSearch', quantity: 1, variant: 'preview' }],
    usd: 0.0028 + 0.025,
  },
  // 1000 × 1.25 + 100 × 10 per million
  'OpenAI, web search preview of a model that reasons': {
    query: { model: 'gpt-5' },
    fees: [{ unit: 'webSearch', quantity: 1, variant: 'preview' }],
    usd: 0.00225 + 0.01,
  },
  'OpenAI, file searches and a container when it was charged by the session': {
    query: { model: 'gpt-4.1', at: new Date('2026-05-01T12:00:00Z') },
    fees: [
      { unit: 'fileSearch', quantity: 3 },
      { unit: 'codeInterpreter', quantity: 1 },
    ],
    usd: 0.0028 + 3 * 0.0025 + 0.03,
  },
  // 1000 × 2.5 + 100 × 10 per million, and each request is a search
  'OpenAI, a model that always searches': { query: { model: 'gpt-4o-search-preview' }, usd: 0.0035 + 0.025 },
  'OpenAI, a model that always searches and counts it': {
    query: { model: 'gpt-4o-search-preview' },
    fees: [{ unit: 'webSearch', quantity: 1, variant: 'preview' }],
    usd: 0.0035 + 0.025,
  },
  // 1000 × 3 + 100 × 15 per million
  'Anthropic, three web searches': {
    query: { model: 'claude-sonnet-4-5' },
    fees: [{ unit: 'webSearch', quantity: 3 }],
    usd: 0.0045 + 3 * 0.01,
  },
  // 1000 × 0.3 + 100 × 2.5 per million: one grounded prompt is $35 for 1,000, whatever it searched for
  'Gemini 2.5, a prompt grounded by four queries': {
    query: { model: 'gemini-2.5-flash' },
    fees: [{ unit: 'grounding', quantity: 4 }],
    usd: 0.00055 + 0.035,
  },
  // 1000 × 1.5 + 100 × 9 per million: each query is $14 for 1,000
  'Gemini 3.5, a prompt grounded by four queries': {
    query: { model: 'gemini-3.5-flash' },
    fees: [{ unit: 'grounding', quantity: 4 }],
    usd: 0.0024 + 4 * 0.014,
  },
  // 1000 × 1 + 100 × 1 per million, low context $5 for 1,000 requests
  'Perplexity, low context': {
    query: { model: 'sonar', provider: 'perplexity' },
    fees: [{ unit: 'request', quantity: 1, variant: 'low' }],
    usd: 0.0011 + 0.005,
  },
  'Perplexity, high context': {
    query: { model: 'sonar-pro', provider: 'perplexity' },
    fees: [{ unit: 'request', quantity: 1, variant: 'high' }],
    usd: 0.0045 + 0.014,
  },
  // $0.006 a minute
  'Whisper, ninety seconds': {
    query: { model: 'whisper-1', provider: 'openai' },
    usage: { fees: [{ unit: 'audioSecond', quantity: 90 }] },
    usd: 0.009,
  },
  // Free of charge
  Moderation: {
    query: { model: 'omni-moderation-latest', provider: 'openai' },
    usage: { fees: [{ unit: 'request', quantity: 1, variant: 'moderation' }] },
    usd: 0,
  },
  // $0.04 an image of the usual size and quality
  'DALL-E 3, two images': {
    query: { model: 'dall-e-3', provider: 'openai' },
    usage: { fees: [{ unit: 'image', quantity: 2, variant: 'standard 1024x1024' }] },
    usd: 0.08,
  },
  // $15 for a million characters
  'Speech, 200 characters': {
    query: { model: 'tts-1', provider: 'openai' },
    usage: { fees: [{ unit: 'character', quantity: 200 }] },
    usd: 0.003,
  },
  // $2.50 for 1,000 searches
  'Cohere Rerank 4 Pro, three searches': {
    query: { model: 'rerank-v4.0-pro', provider: 'cohere' },
    usage: { fees: [{ unit: 'searchUnit', quantity: 3 }] },
    usd: 0.0075,
  },
  // $5 for 1,000 searches of the web, $2.50 for 1,000 searches of collections; 1000 × 0.2 + 100 × 0.5 per million
  'Grok, searches of the web and of collections': {
    query: { model: 'grok-4-1-fast-reasoning', provider: 'x-ai' },
    fees: [
      { unit: 'webSearch', quantity: 2 },
      { unit: 'fileSearch', quantity: 1 },
    ],
    usd: 0.00025 + 2 * 0.005 + 0.0025,
  },
  // $0.111 an hour at Groq
  'Whisper at Groq, an hour': {
    query: { model: 'whisper-large-v3', provider: 'groq' },
    usage: { fees: [{ unit: 'audioSecond', quantity: 3600 }] },
    usd: 0.111,
  },
  // $2 for 1,000 pages
  'Mistral OCR, ten pages': {
    query: { model: 'mistral-ocr-2512', provider: 'mistral' },
    usage: { fees: [{ unit: 'page', quantity: 10 }] },
    usd: 0.02,
  },
  // 10 × 5 + 40 × 10 + 1050 × 40 per million
  'gpt-image-1, tokens of text and images': {
    query: { model: 'gpt-image-1' },
    usage: { input: 10, inputImage: 40, output: 1050 },
    usd: 0.04245,
  },
}

test.each(Object.entries(rows))('%s', (_, { query, fees, usage, usd }) => {
  const cost = calculateCost({ ...query, usage: usage ?? (fees === undefined ? tokens : { ...tokens, fees }) })
  expect({ usd: cost.usd, status: cost.status, reason: cost.receipt.reason }).toEqual({
    usd: expect.closeTo(usd, 12),
    status: 'priced',
  })
})

test.each([
  { model: 'claude-sonnet-4-5', unit: 'codeInterpreter', reason: /anthropic's claude-sonnet-4-5 for code execution/ },
  { model: 'gpt-4o', unit: 'image', reason: /for images/ },
  { model: 'gpt-4.1', unit: 'codeInterpreter', reason: /charged by the minute from 5 minutes on/ },
  { model: 'mistral-large-2512', unit: 'webSearch', reason: /mistral's \S+ for web searches/ },
  { model: 'gpt-4.1-mini', unit: 'webSearch', reason: /8,000 input tokens/ },
  { model: 'o3-deep-research', unit: 'toolCall', reason: /for web searches, tool calls/ },
] as const)('$model: a fee of $unit that is not known, or not whole, makes the cost a lower bound', (row) => {
  const { status, receipt } = calculateCost({
    model: row.model,
    usage: { ...tokens, fees: [{ unit: row.unit, quantity: 1 }] },
  })
  expect(status).toBe('partial')
  expect(receipt.reason).toMatch(row.reason)
})

test('what is doubtful about the usage makes the cost a lower bound, with every reason', () => {
  const usage = { ...tokens, inputAudio: 5, doubts: ['7 tokens of the stated total belong to no class'] }
  const { status, receipt } = calculateCost({ model: 'gpt-4.1', usage })
  expect({ status, reason: receipt.reason }).toEqual({
    status: 'partial',
    reason: "no price of openai's gpt-4.1 for audio input; 7 tokens of the stated total belong to no class",
  })
})

test('a tool that was declared and not used costs nothing', () => {
  const usage = { ...tokens, fees: [{ unit: 'webSearch', quantity: 0 } as const] }
  expect(calculateCost({ model: 'gpt-4.1', usage })).toMatchObject({ status: 'priced', usd: 0.0028 })
})

test('the sum of the lines is the amount, and the receipts of any split add up to the same', () => {
  const fee = fc.record({ unit: fc.constantFrom(...feeUnits), quantity: fc.nat({ max: 1000 }) })
  const usage = fc.record({
    input: fc.nat({ max: 1e6 }),
    output: fc.nat({ max: 1e6 }),
    fees: fc.array(fee, { maxLength: 4 }),
  })
  const model = fc.constantFrom('gpt-4.1', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'gemini-3.5-flash', 'whisper-1')
  fc.assert(
    fc.property(fc.array(fc.tuple(model, usage), { maxLength: 12 }), fc.nat({ max: 12 }), (requests, cut) => {
      const costs = requests.map(([name, used]) => priceRequest({ model: name, usage: used }))
      for (const { lines, picodollars } of costs) {
        expect(picodollars).toBe(lines.reduce((sum, line) => sum + line.picodollars, 0))
      }
      const whole = new CostTotals()
      const [first, second] = [new CostTotals(), new CostTotals()]
      costs.forEach((cost, index) => {
        whole.add(cost)
        ;(index < cut ? first : second).add(cost)
      })
      first.merge(second)
      expect(receiptBlock(first)).toEqual(receiptBlock(whole))
      for (const { classes, fees = [], total_usd } of receiptBlock(whole)) {
        const sum = [...classes, ...fees].reduce((usd, line) => usd + line.usd, 0)
        expect(sum).toBeCloseTo(total_usd, 9)
      }
    }),
  )
})

test('each fee is of a known provider', () => {
  for (const { provider, usd } of feeRows) {
    expect(findProvider({ providerId: provider })?.id).toBe(provider)
    for (const price of typeof usd === 'object' ? Object.values(usd) : [usd ?? 0])
      expect(price).toBeGreaterThanOrEqual(0)
  }
})
