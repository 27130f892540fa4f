import { findProvider } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { receiptBlock } from '../../metadata/summary/cost-blocks.ts'
import { CostTotals } from '../../metadata/totals/cost-totals.ts'
import { type FeeCount, feeUnits, type Usage } from '../../metadata/usage.ts'
import { parsePrices } from '../book/parse-prices.ts'
import { calculateCost, type PriceQuery, priceRequest } from '../index.ts'
import { feeRows } from './fee-rows.ts'
import { feeRateOf, feesOf } from './fees.ts'

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
  // and $3 for 1,000 pages with annotations
  'Mistral OCR, ten pages and four with annotations': {
    query: { model: 'mistral-ocr-2512', provider: 'mistral' },
    usage: {
      fees: [
        { unit: 'page', quantity: 10 },
        { unit: 'page', variant: 'annotated', quantity: 4 },
      ],
    },
    usd: 0.02 + 0.012,
  },
  // $3 an hour, which the table lists for what is heard and said together
  'Grok Voice, half an hour': {
    query: { model: 'grok-voice-think-fast-1.0', provider: 'x-ai' },
    usage: { fees: [{ unit: 'audioSecond', quantity: 1800 }] },
    usd: 1.5,
  },
  // 1000 × 0.1 + 100 × 0.5 per million, a search is $10 for 1,000
  'GPT-6 Luna at OpenRouter, two web searches': {
    query: { model: 'openai/gpt-6-luna', provider: 'openrouter' },
    fees: [{ unit: 'webSearch', quantity: 2 }],
    usd: 0.00015 + 0.02,
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

// Seller, models, what is charged with its variant, and the USD of one; undefined where nobody lists it. From the pages that
// the rows name.
const ofOne: readonly (readonly [provider: string, models: string, what: string, usd: number | undefined])[] = [
  // $25 for 1,000 searches by a model that was made to search; of another one $10, or $25 where it is a preview.
  ['openai', 'gpt-4o-search-preview gpt-4o-mini-search-preview gpt-4o-search-preview-2025-03-11', 'webSearch', 0.025],
  ['openai', 'gpt-4o-audio-preview our-gpt-4o-search-preview', 'webSearch', 0.01],
  ['openai', 'o3-deep-research gpt-5-search-api gpt-4o gpt-4.1-mini gpt-5 gpt-5-mini', 'webSearch', 0.01],
  ['openai', 'gpt-4o gpt-4o-mini gpt-4.1 gpt-4.1-nano', 'webSearch preview', 0.025],
  ['openai', 'gpt-4 gpt-4-turbo gpt-5 o3 o4-mini our-gpt-4o', 'webSearch preview', 0.01],
  ['azure', 'o3-deep-research gpt-4o', 'webSearch', undefined],
  ['openai', 'gpt-4o', 'fileSearch', 0.0025],
  ['openai', 'omni-moderation-latest text-moderation-stable', 'request moderation', 0],
  ['openai', 'gpt-4o', 'request moderation', undefined],
  // By the second and the size of the picture.
  ['openai', 'sora-2', 'videoSecond 720x1280', 0.1],
  ['openai', 'sora-2', 'videoSecond 1280x720', 0.1],
  ['openai', 'sora-2', 'videoSecond 1080x1920', undefined],
  ['openai', 'sora-2-pro', 'videoSecond 720x1280', 0.3],
  ['openai', 'sora-2-pro', 'videoSecond 1280x720', 0.3],
  ['openai', 'sora-2-pro', 'videoSecond 1024x1792', 0.5],
  ['openai', 'sora-2-pro', 'videoSecond 1792x1024', 0.5],
  ['openai', 'sora-2-pro', 'videoSecond 1080x1920', 0.7],
  ['openai', 'sora-2-pro', 'videoSecond 1920x1080', 0.7],
  ['openai', 'sora-2-mini sora-2-pro-max our-sora-2 our-sora-2-pro', 'videoSecond 1280x720', undefined],
  // $3, $25, $1.50, $5, $25 and $8 for a million tokens that were trained on.
  ['openai', 'gpt-4o-mini gpt-4o-mini-2024-07-18 ft:gpt-4o-mini', 'trainedToken', 3e-6],
  ['openai', 'gpt-4o gpt-4o-2024-08-06 ft:gpt-4o gpt-4.1 ft:gpt-4.1-2025-04-14', 'trainedToken', 25e-6],
  ['openai', 'gpt-4.1-nano ft:gpt-4.1-nano-2025-04-14', 'trainedToken', 1.5e-6],
  ['openai', 'gpt-4.1-mini ft:gpt-4.1-mini-2025-04-14', 'trainedToken', 5e-6],
  ['openai', 'gpt-3.5-turbo ft:gpt-3.5-turbo-', 'trainedToken', 8e-6],
  [
    'openai',
    'o4-mini our-gpt-4o our-gpt-4o-mini our-gpt-4.1 our-gpt-4.1-mini our-gpt-4.1-nano our-gpt-3.5-turbo',
    'trainedToken',
    undefined,
  ],
  ['openai', 'tts-1 tts-1-1106', 'character', 15e-6],
  ['openai', 'tts-1-hd tts-1-hd-1106', 'character', 30e-6],
  ['openai', 'our-tts-1 our-tts-1-hd gpt-4o-mini-tts', 'character', undefined],
  ['openai', 'dall-e-3', 'image standard 1024x1024', 0.04],
  ['openai', 'dall-e-3', 'image standard 1024x1792', 0.08],
  ['openai', 'dall-e-3', 'image standard 1792x1024', 0.08],
  ['openai', 'dall-e-3', 'image hd 1024x1024', 0.08],
  ['openai', 'dall-e-3', 'image hd 1024x1792', 0.12],
  ['openai', 'dall-e-3', 'image hd 1792x1024', 0.12],
  ['openai', 'dall-e-2', 'image 1024x1024', 0.02],
  ['openai', 'dall-e-2', 'image 512x512', 0.018],
  ['openai', 'dall-e-2', 'image 256x256', 0.016],
  ['openai', 'our-dall-e-2', 'image 256x256', undefined],
  ['openai', 'our-dall-e-3', 'image hd 1024x1024', undefined],
  ['anthropic', 'claude-sonnet-4-5', 'webSearch', 0.01],
  // To read a page is free.
  ['anthropic', 'claude-sonnet-4-5', 'toolCall webFetch', 0],
  ['anthropic', 'claude-sonnet-4-5', 'toolCall web_fetch', 0],
  ['anthropic', 'claude-sonnet-4-5', 'toolCall', undefined],
  // $35 and $25 for 1,000 prompts; from Gemini 3 on $14 for 1,000 queries.
  ['google', 'gemini-1.5-pro gemini-2.5-flash', 'grounding', 0.035],
  ['google', 'gemini-1.5-pro gemini-2.5-flash', 'mapsGrounding', 0.025],
  ['google', 'gemini-3.5-flash gemini-4-pro gemini-flash-latest gemini-pro-latest', 'grounding', 0.014],
  ['google', 'gemini-3.5-flash gemini-4-pro gemini-flash-latest gemini-pro-latest', 'mapsGrounding', 0.014],
  ['google', 'claude-opus-4-7 gemini-embedding-2 our-gemini-2.5-flash our-gemini-3.5-flash', 'grounding', undefined],
  [
    'google',
    'claude-opus-4-7 gemini-embedding-2 our-gemini-2.5-flash our-gemini-3.5-flash',
    'mapsGrounding',
    undefined,
  ],
  ['google', 'imagen-4.0-ultra-generate-001', 'image', 0.06],
  ['google', 'imagen-4.0-fast-generate-001 imagen-3.0-fast-generate-001', 'image', 0.02],
  ['google', 'imagen-4.0-generate-001 imagen-3.0-generate-002', 'image', 0.04],
  [
    'google',
    'imagen-5.0-generate-001 imagen-5.0-fast-generate-001 our-imagen-4.0-generate-001 our-imagen-4.0-fast-1 our-imagen-4.0-ultra-1',
    'image',
    undefined,
  ],
  ['x-ai', 'grok-4', 'webSearch', 0.005],
  ['x-ai', 'grok-4', 'xSearch', 0.005],
  ['x-ai', 'grok-4', 'codeInterpreter', 0.005],
  ['x-ai', 'grok-4', 'fileSearch', 0.0025],
  ['x-ai', 'grok-4', 'searchUnit', 0.025],
  // The more is read, the more it costs: $5, $8 and $12 for 1,000 requests, and $6, $10 and $14.
  ['perplexity', 'sonar sonar-reasoning', 'request low', 0.005],
  ['perplexity', 'sonar sonar-reasoning', 'request medium', 0.008],
  ['perplexity', 'sonar sonar-reasoning', 'request high', 0.012],
  ['perplexity', 'sonar-pro sonar-reasoning-pro', 'request low', 0.006],
  ['perplexity', 'sonar-pro sonar-reasoning-pro', 'request medium', 0.01],
  ['perplexity', 'sonar-pro sonar-reasoning-pro', 'request high', 0.014],
  ['perplexity', 'sonar-deep-research sonar-pro-search our-sonar our-sonar-pro', 'request low', undefined],
  ['perplexity', 'sonar-deep-research', 'webSearch', 0.005],
  ['perplexity', 'sonar our-sonar-deep-research', 'webSearch', undefined],
  ['moonshotai', 'kimi-k2.5', 'webSearch', 0.005],
  ['cohere', 'rerank-v3.5 rerank-english-v3.0 rerank-multilingual-v3.0 rerank-v4.0-fast', 'searchUnit', 0.002],
  ['cohere', 'rerank-v4.0-pro', 'searchUnit', 0.0025],
  [
    'cohere',
    'rerank-english-v2.0 our-rerank-v3.5 rerank-v3.5-x our-rerank-v4.0-fast rerank-v4.0-fast-x our-rerank-v4.0-pro rerank-v4.0-pro-x',
    'searchUnit',
    undefined,
  ],
]

test.each(ofOne)('%s, %s: one %s costs %d', (provider, models, what, usd) => {
  const unit = feeUnits.find((known) => known === what.split(' ')[0])
  const variant = what.includes(' ') ? what.slice(what.indexOf(' ') + 1) : undefined
  if (unit === undefined) throw new Error(`nobody charges for ${what}`)
  for (const product of models.split(' ')) {
    const fees = feesOf({ provider, product, day: '2026-11-28' })
    expect(feeRateOf(fees, { unit, variant, quantity: 1 })?.usdPerUnit, product).toBe(usd)
  }
})

test.each([
  // By the session of 20 minutes; since 2026-06-02 by the minute, of which a container costs five at least: a quarter.
  ['2026-06-01', undefined, 0.03, 'priced'],
  ['2026-06-01', '4g', 0.12, 'priced'],
  ['2026-06-01', '16g', 0.48, 'priced'],
  ['2026-06-01', '64g', 1.92, 'priced'],
  ['2026-06-02', undefined, 0.0075, 'partial'],
  ['2026-06-02', '4g', 0.03, 'partial'],
  ['2026-06-02', '16g', 0.12, 'partial'],
  ['2026-06-02', '64g', 0.48, 'partial'],
] as const)('a container of OpenAI on %s of size %s costs %d', (day, variant, usd, status) => {
  const usage = { ...tokens, fees: [{ unit: 'codeInterpreter', quantity: 1, variant } as const] }
  const cost = calculateCost({ model: 'gpt-4.1', at: new Date(`${day}T12:00:00Z`), usage })
  expect({ usd: cost.usd, status: cost.status }).toEqual({ usd: expect.closeTo(0.0028 + usd, 12), status })
})

test('the user’s own price of training goes before the listed one, and suffices', () => {
  const usage = { fees: [{ unit: 'trainedToken', quantity: 2_000_000 } as const] }
  const prices = parsePrices('prices: { gpt-4o: { training: 30 }, our-model: { training: 4 } }', 'prices.yaml')
  expect(calculateCost({ model: 'gpt-4o', usage })).toMatchObject({ usd: 50, status: 'priced' })
  expect(calculateCost({ model: 'gpt-4o', usage, prices })).toMatchObject({ usd: 60, status: 'priced' })
  expect(calculateCost({ model: 'our-model', provider: 'openai', usage, prices })).toMatchObject({
    usd: 8,
    status: 'priced',
  })
})

test('a model that always searches is not whole where its answer does not tell how often', () => {
  for (const provider of ['openai', 'azure']) {
    expect(calculateCost({ model: 'o3-deep-research', provider, usage: tokens }), provider).toMatchObject({
      status: 'partial',
      receipt: { reason: expect.stringMatching(/for web searches/) },
    })
  }
  // 1000 × 10 + 100 × 40 per million, and two searches
  const usage = { ...tokens, fees: [{ unit: 'webSearch', quantity: 2 } as const] }
  expect(calculateCost({ model: 'o3-deep-research', usage })).toMatchObject({ status: 'priced', usd: 0.034 })
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

test('what is charged by the second has no tokens, but a search says nothing of how much was heard', () => {
  const asked = (unit: FeeCount['unit']) =>
    calculateCost({ model: 'whisper-1', provider: 'openai', usage: { fees: [{ unit, quantity: 1 }] } })
  expect(asked('audioSecond')).toMatchObject({ status: 'priced', usd: 0.0001 })
  expect(asked('webSearch')).toMatchObject({
    status: 'partial',
    usd: 0.01,
    receipt: { reason: 'the answer did not report its input tokens' },
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
