import { expect, test } from 'vitest'
import { priceBlocks } from './overlay/price-blocks.ts'
import { calculateCost } from './price-request.ts'

const million = { input: 1e6, output: 1e6 }
const hostOf = (region: string) => `https://bedrock-runtime.${region}.amazonaws.com/model/m/converse`

// Model, region, USD per million tokens of input and of output: the page of https://aws.amazon.com/bedrock/pricing/, as
// Portkey-AI/models had it on 2026-08-21.
const bedrock: readonly (readonly [model: string, region: string, input: number, output: number])[] = [
  ['nvidia.nemotron-super-3-120b:0', 'eu-west-2', 0.23, 1.01],
  ['amazon.nova-lite-v1:0', 'eu-west-3', 0.088, 0.352],
  ['amazon.nova-lite-v1:0', 'us-gov-west-1', 0.072, 0.288],
  ['amazon.nova-micro-v1:0', 'ap-south-1', 0.041, 0.164],
  ['amazon.nova-micro-v1:0', 'eu-west-2', 0.049, 0.196],
  ['amazon.nova-pro-v1:0', 'ap-northeast-1', 0.96, 3.84],
  ['amazon.nova-pro-v1:0', 'ap-southeast-2', 0.84, 3.36],
  ['meta.llama3-2-1b-instruct-v1:0', 'eu-central-1', 0.13, 0.13],
  ['meta.llama3-2-1b-instruct-v1:0', 'eu-west-3', 0.13, 0.13],
  ['mistral.magistral-small-2509', 'ap-south-1', 0.59, 1.76],
  ['mistral.magistral-small-2509', 'ap-southeast-2', 0.515, 1.545],
  ['mistral.ministral-3-14b-instruct', 'ap-southeast-2', 0.206, 0.206],
  ['mistral.ministral-3-14b-instruct', 'eu-west-2', 0.31, 0.31],
  ['mistral.ministral-3-3b-instruct', 'ap-southeast-2', 0.103, 0.103],
  ['mistral.ministral-3-3b-instruct', 'eu-west-1', 0.12, 0.12],
  ['mistral.ministral-3-8b-instruct', 'eu-west-2', 0.23, 0.23],
  ['mistral.mistral-7b-instruct-v0:2', 'sa-east-1', 0.25, 0.34],
  ['mistral.mistral-large-2402-v1:0', 'ap-south-1', 4.8, 14.4],
  ['mistral.mistral-large-2402-v1:0', 'ca-central-1', 4.6, 13.8],
  ['mistral.mistral-large-3-675b-instruct', 'sa-east-1', 0.61, 1.82],
  ['mistral.mixtral-8x7b-instruct-v0:1', 'ap-southeast-2', 0.59, 0.91],
  ['mistral.mixtral-8x7b-instruct-v0:1', 'eu-west-1', 0.49, 0.76],
  ['mistral.voxtral-mini-3b-2507', 'ap-southeast-2', 0.0412, 0.0412],
  ['mistral.voxtral-small-24b-2507', 'ap-southeast-2', 0.103, 0.309],
  ['moonshot.kimi-k2-thinking', 'sa-east-1', 0.73, 3.03],
  ['moonshotai.kimi-k2.5', 'ap-southeast-3', 0.72, 3.6],
  ['moonshotai.kimi-k2.5', 'sa-east-1', 0.72, 3.6],
  ['openai.gpt-oss-120b-1:0', 'ap-northeast-1', 0.18, 0.73],
  ['openai.gpt-oss-120b-1:0', 'eu-south-1', 0.2, 0.79],
  ['openai.gpt-oss-20b-1:0', 'ap-south-1', 0.08, 0.35],
  ['openai.gpt-oss-20b-1:0', 'eu-west-1', 0.08, 0.35],
  ['qwen.qwen3-235b-a22b-2507-v1:0', 'ap-southeast-2', 0.2266, 0.9064],
  ['qwen.qwen3-235b-a22b-2507-v1:0', 'eu-south-1', 0.29, 1.16],
  ['qwen.qwen3-32b-v1:0', 'eu-south-1', 0.2, 0.79],
  ['qwen.qwen3-32b-v1:0', 'sa-east-1', 0.18, 0.73],
  ['qwen.qwen3-coder-30b-a3b-v1:0', 'ap-southeast-3', 0.16, 0.62],
  ['qwen.qwen3-coder-30b-a3b-v1:0', 'eu-west-1', 0.18, 0.7],
  ['qwen.qwen3-coder-480b-a35b-v1:0', 'ap-south-1', 0.53, 2.12],
  ['qwen.qwen3-coder-next', 'ap-south-1', 0.6, 1.44],
  ['qwen.qwen3-coder-next', 'sa-east-1', 0.6, 1.44],
  ['qwen.qwen3-next-80b-a3b', 'eu-west-1', 0.18, 1.41],
  ['qwen.qwen3-next-80b-a3b', 'sa-east-1', 0.18, 1.45],
  ['qwen.qwen3-vl-235b-a22b', 'eu-south-1', 0.62, 3.13],
  ['zai.glm-4.7', 'ap-northeast-1', 0.72, 2.64],
  ['zai.glm-4.7', 'eu-north-1', 0.72, 2.64],
  ['zai.glm-4.7-flash', 'eu-central-1', 0.08, 0.48],
  ['zai.glm-4.7-flash', 'sa-east-1', 0.08, 0.48],
  ['zai.glm-5', 'ap-southeast-3', 1.2, 3.84],
  ['zai.glm-5', 'eu-west-2', 1.55, 4.96],
]

test.each(bedrock)('%s in %s costs %d and %d', (model, region, input, output) => {
  const byHost = calculateCost({ model, url: hostOf(region), usage: million })
  expect(byHost).toMatchObject({ status: 'priced', receipt: { price: { place: region } } })
  expect(byHost.usd).toBeCloseTo(input + output, 9)
  expect(calculateCost({ model: `bedrock/${region}/${model}`, usage: million }).usd).toBe(byHost.usd)
  expect(calculateCost({ model: `bedrock/converse/${region}/${model}`, usage: million }).usd).toBe(byHost.usd)
  const arn = `arn:aws:bedrock:${region}::foundation-model/${model}`
  expect(calculateCost({ model: arn, usage: million }).usd).toBe(byHost.usd)
  expect(calculateCost({ model, provider: 'aws', region, usage: million }).usd).toBe(byHost.usd)
})

const others: readonly (readonly [
  what: string,
  query: Omit<Parameters<typeof calculateCost>[0], 'usage'>,
  usd: number,
])[] = [
  // A profile costs what the region costs that it is called from.
  ['a profile called from Frankfurt', { model: 'eu.amazon.nova-pro-v1:0', url: hostOf('eu-central-1') }, 1.05 + 4.2],
  ['a profile without a host', { model: 'eu.amazon.nova-lite-v1:0' }, 0.069 + 0.276],
  // Claude costs the same in all commercial regions; a global profile costs less.
  ['Claude in Paris', { model: 'eu.anthropic.claude-sonnet-4-6', url: hostOf('eu-west-3') }, 3.3 + 16.5],
  ['a global profile from Paris', { model: 'global.anthropic.claude-sonnet-4-6', url: hostOf('eu-west-3') }, 3 + 15],
  // GovCloud is 1.2 times the price of the US, of Claude that of a global profile: 1.2 × (1 + 5), 1.2 × (0.06 + 0.24)
  ['Claude in GovCloud', { model: 'us-gov.anthropic.claude-haiku-4-5-20251001-v1:0' }, 1.2 * 6],
  ['Nova in GovCloud', { model: 'amazon.nova-lite-v1:0', url: hostOf('us-gov-east-1') }, 1.2 * 0.3],
  // Mantle leaves revisions and days out.
  [
    'gpt-oss on Mantle',
    { model: 'openai.gpt-oss-120b', url: 'https://bedrock-mantle.us-east-1.api.aws/v1/responses' },
    0.75,
  ],
  [
    'Claude on Mantle',
    { model: 'anthropic.claude-haiku-4-5', url: 'https://bedrock-mantle.us-east-1.api.aws/v1/messages' },
    1.1 + 5.5,
  ],
  [
    'gpt-oss on Mantle in London',
    { model: 'openai.gpt-oss-20b', url: 'https://bedrock-mantle.eu-west-2.api.aws/v1/responses' },
    0.11 + 0.47,
  ],
  // Vertex AI: a regional endpoint of Gemini 3.5 Flash and of Claude from 4.5 on costs 10 % more.
  [
    'Gemini 3.5 Flash in Iowa',
    {
      model: 'gemini-3.5-flash',
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/gemini-3.5-flash:generateContent',
    },
    1.65 + 9.9,
  ],
  [
    'Gemini 3.5 Flash anywhere',
    {
      model: 'gemini-3.5-flash',
      url: 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/gemini-3.5-flash:generateContent',
    },
    1.5 + 9,
  ],
  [
    'Gemini 3.5 Flash of the Gemini API',
    {
      model: 'gemini-3.5-flash',
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-3.5-flash:generateContent',
    },
    1.5 + 9,
  ],
  ['Gemini 2.0 Flash on Vertex', { model: 'vertex_ai/gemini-2.0-flash-001' }, 0.15 + 0.6],
  ['Gemini 2.0 Flash of the Gemini API', { model: 'gemini/gemini-2.0-flash-001' }, 0.1 + 0.4],
  [
    'Claude in the EU on Vertex',
    {
      model: 'claude-opus-4-7',
      provider: 'google',
      url: 'https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/anthropic/models/claude-opus-4-7:rawPredict',
    },
    5.5 + 27.5,
  ],
  ['Claude on Vertex, global', { model: 'claude-opus-4-7', provider: 'vertex_ai' }, 5 + 25],
  // Azure: a data zone costs 10 % more.
  ['GPT-4o in a data zone', { model: 'azure/eu/gpt-4o-2024-08-06' }, 1.1 * 12.5],
  ['GPT-4o, global', { model: 'azure/global-standard/gpt-4o-2024-08-06' }, 12.5],
  ['o4-mini in a data zone', { model: 'azure/us/o4-mini-2025-04-16' }, 1.1 * 5.5],
  // OpenAI's regional endpoints (10 and 45 for a prompt as long as this), and Anthropic's inference_geo.
  ['GPT-5.5 in the EU', { model: 'gpt-5.5', url: 'https://eu.api.openai.com/v1/responses' }, 1.1 * 55],
  [
    'GPT-4.1 in the EU, of before the day from which a region costs more',
    { model: 'gpt-4.1', url: 'https://eu.api.openai.com/v1/responses' },
    10,
  ],
  ['Opus 4.7 kept in the US', { model: 'claude-opus-4-7', provider: 'anthropic', region: 'us' }, 1.1 * 30],
  ['Opus 4.5 says nothing', { model: 'claude-opus-4-5', provider: 'anthropic', region: 'not_available' }, 30],
]

test.each(others)('%s', (_, query, usd) => {
  const cost = calculateCost({ ...query, usage: million })
  expect({ status: cost.status, usd: cost.usd }).toEqual({ status: 'priced', usd: expect.closeTo(usd, 9) })
})

test.each([
  [
    { model: 'meta.llama3-3-70b-instruct-v1:0', url: hostOf('eu-central-1') },
    /aws's meta\.llama3-3-70b-instruct-v1:0 in eu-central-1 is not known/,
  ],
  [{ model: 'bedrock/ap-northeast-3/amazon.nova-pro-v1:0' }, /in ap-northeast-3 is not known/],
  [{ model: 'eu.meta.llama3-2-1b-instruct-v1:0' }, /in eu is not known/],
  [{ model: 'amazon.titan-text-lite-v1', url: hostOf('us-gov-west-1') }, /in us-gov-west-1 is not known/],
  [
    { model: 'gpt-4o', url: 'https://acme.openai.azure.us/openai/deployments/gpt-4o/chat/completions' },
    /in us-gov is not known/,
  ],
  [
    {
      model: 'gemini-3-pro-preview',
      url: 'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models/m:generateContent',
    },
    /in vertex\/europe-west4 is not known/,
  ],
  // Of these nobody tells whether a region costs more.
  [
    {
      model: 'gemini-3.6-flash',
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/m:generateContent',
    },
    /in vertex\/us-central1 is not known/,
  ],
  [{ model: 'gpt-image-2', url: 'https://eu.api.openai.com/v1/images/generations' }, /in eu is not known/],
  [{ model: 'azure/eu/text-embedding-3-small' }, /in eu is not known/],
] as const)('%j: the price of another place is not used', (query, reason) => {
  const { usd, status, receipt } = calculateCost({ ...query, usage: million })
  expect({ usd, status }).toEqual({ usd: 0, status: 'partial' })
  expect(receipt.reason).toMatch(reason)
})

const regions = [
  'us-east-1',
  'us-west-2',
  'us-west-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-central-1',
  'eu-north-1',
  'ap-south-1',
  'ap-northeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'sa-east-1',
  'us-gov-west-1',
  'me-south-1',
]
// Northern Virginia, Ohio and Oregon have one price list.
const likeTheUs = new Set(['us-east-1', 'us-west-2'])
const openModels = [
  ...new Set(bedrock.map(([model]) => model)),
  'meta.llama3-3-70b-instruct-v1:0',
  'deepseek.r1-v1:0',
  'google.gemma-3-27b-it',
]

test('two regions share a price only where one row, which names its source, has them both', () => {
  const isOneRow = (model: string, one: string, other: string) =>
    priceBlocks.some(({ provider, rows }) =>
      rows.some(({ model: names, places = '' }) => {
        const isModel = names.split(' ').some((name) => name === model || name === `${model}-v1:0`)
        const all = places.split(' ')
        return provider === 'aws' && isModel && all.includes(one) && all.includes(other)
      }),
    )
  const known = new Set(priceBlocks.flatMap(({ rows }) => rows.map(({ input, output }) => `${input} ${output}`)))
  expect(known.size).toBeGreaterThan(100)
  const shared: string[] = []
  for (const model of openModels) {
    const costs = regions.map((region) => calculateCost({ model, url: hostOf(region), usage: million }))
    for (const [first, one] of regions.entries()) {
      for (const [second, other] of regions.entries()) {
        const [a, b] = [costs[first], costs[second]]
        if (second <= first || (likeTheUs.has(one) && likeTheUs.has(other))) continue
        if (a?.status !== 'priced' || b?.status !== 'priced' || a.usd !== b.usd) continue
        // Rounding to cents makes the page give two groups of regions one price now and then.
        if (!isOneRow(model, one, other) && !samePriceByRounding.has(`${model} ${a.usd}`))
          shared.push(`${model} ${one} ${other} ${a.usd}`)
      }
    }
  }
  expect(shared).toEqual([])
})

// Pairs that share a price in two rows of the page.
const samePriceByRounding = new Set<string>(['meta.llama3-2-1b-instruct-v1:0 0.26'])

test('two sellers share a price only where the seller resells at the price of the maker', () => {
  const models = [
    'deepseek-v3.2',
    'deepseek-r1',
    'deepseek-v4-flash',
    'grok-3-mini',
    'kimi-k2-thinking',
    'gpt-oss-120b',
    'phi-4',
  ]
  const sellers = ['azure', 'deepseek', 'x-ai', 'moonshotai', 'groq', 'fireworks', 'together', 'aws']
  for (const model of models) {
    const costs = sellers.map((provider) => ({ provider, ...calculateCost({ model, provider, usage: million }) }))
    for (const { provider, status, receipt } of costs) {
      if (status === 'priced') expect(receipt.price?.provider, `${model} ${provider}`).toBe(provider)
    }
    const prices = costs.filter(({ status }) => status === 'priced').map(({ usd }) => usd)
    // Kimi K2 Thinking is listed at the same price by its maker and by Fireworks, each on its own page.
    if (model !== 'kimi-k2-thinking') expect(new Set(prices).size, `${model} ${prices}`).toBe(prices.length)
  }
})
