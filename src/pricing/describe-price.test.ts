import { expect, test } from 'vitest'
import { parsePrices } from './book/parse-prices.ts'
import { describePrice } from './index.ts'
import { otherPrices } from './overlay/other-tables.ts'

test('a price is described with its classes, its tiers and the pages it rests on', () => {
  const description = describePrice({ model: 'gpt-4.1', at: new Date('2026-11-23T12:00:00Z') })
  expect(description).toMatchObject({
    status: 'priced',
    price: { provider: 'openai', product: 'gpt-4.1', tier: 'standard', date: '2026-11-23' },
  })
  expect(description.classes.map(({ name, usdPerMillion }) => `${name} ${usdPerMillion}`)).toEqual([
    'input 2',
    'cached input 0.5',
    'image input 2',
    'output 8',
    'reasoning 8',
  ])
  // Whatever the length of a prompt.
  expect(description.classes.map(({ longContext }) => longContext)).toEqual([[], [], [], [], []])
  expect(description.tiers.map(({ tier, classes }) => `${tier} ${classes[0]?.usdPerMillion}`)).toEqual([
    'batch 1',
    'priority 3.5',
  ])
  expect(description.tiers.every(({ source }) => source.startsWith('https://'))).toBe(true)
  expect(description.pages).toContain('https://developers.openai.com/api/docs/pricing')
})

test('long prompts are described with the length from which they are dearer', () => {
  const { classes } = describePrice({ model: 'gemini-2.5-pro' })
  expect(classes.find(({ tokenClass }) => tokenClass === 'output')).toMatchObject({
    usdPerMillion: 10,
    longContext: [{ abovePromptTokens: 200_000, usdPerMillion: 15 }],
  })
})

test('cached audio is described where it costs something else than cached text', () => {
  const described = (model: string) => describePrice({ model, at: new Date('2026-11-23T12:00:00Z') }).classes
  const { name, usdPerMillion } =
    described('gemini-2.5-flash').find(({ tokenClass }) => tokenClass === 'cachedAudio') ?? {}
  expect(`${name} ${usdPerMillion}`).toBe('cached audio input 0.1')
  expect(described('gpt-4.1').map(({ tokenClass }) => tokenClass)).not.toContain('cachedAudio')
})

test('what has no price is described with the reason', () => {
  expect(describePrice({ model: 'my-deployment', provider: 'azure' })).toMatchObject({
    status: 'unpriced',
    reason: 'azure lists no "my-deployment"; if it is a deployment, map it under models: in prices.yaml',
    classes: [],
  })
  expect(describePrice({ model: 'llama3', provider: 'ollama' }).status).toBe('free')
})

test('a stated price is described with its notes and tiers, and rests on no page', () => {
  const prices = parsePrices(
    'currency_note: 1 EUR = 1.08 USD\nprices: { m: { input: 1, output: 2, note: contract 7, tiers: { batch: 0.5 } } }',
    'prices.yaml',
  )
  expect(describePrice({ model: 'm', prices })).toMatchObject({
    price: { source: 'prices.yaml' },
    tiers: [{ tier: 'batch', source: 'prices.yaml', classes: [{ usdPerMillion: 0.5 }, {}, { usdPerMillion: 1 }, {}] }],
    pages: [],
    notes: ['contract 7', '1 EUR = 1.08 USD'],
  })
})

test('an hourly price is described as such', () => {
  const prices = parsePrices('prices: { m: { usd_per_hour: 2 } }', 'prices.yaml')
  expect(describePrice({ model: 'm', provider: 'vllm', prices })).toMatchObject({ status: 'priced', usdPerHour: 2 })
})

test('fees, places with prices of their own, and what another table says are described', () => {
  const nova = describePrice({ model: 'amazon.nova-pro-v1:0' })
  const paris = nova.places.find(({ places }) => places.includes('eu-west-3'))
  expect(paris?.classes.map(({ tokenClass, usdPerMillion }) => `${tokenClass} ${usdPerMillion}`)).toContain(
    'input 1.18',
  )
  expect(describePrice({ model: 'claude-sonnet-4-5' }).fees).toContainEqual({
    name: 'web searches',
    usdPerUnit: 0.01,
    source: expect.stringMatching(/^https:.*read 2026-11-28$/),
  })
  expect(describePrice({ model: 'mistral-large-2407', provider: 'mistral' }).elsewhere).toContainEqual({
    tokenClass: 'input',
    usdPerMillion: 3,
    source: 'litellm of 2026-07-24',
  })
  // Another table's price of this model at this seller, and of no other.
  const elsewhere = (model: string, provider: string) =>
    describePrice({ model, provider }).elsewhere.map(
      ({ tokenClass, usdPerMillion }) => `${tokenClass} ${usdPerMillion}`,
    )
  expect(elsewhere('gemma-7b-it', 'groq')).toEqual(['input 0.05', 'output 0.08'])
  expect(elsewhere('gemma-7b-it', 'fireworks')).toEqual([])
  expect(elsewhere('llama-3.3-70b-versatile', 'groq')).toEqual([])
  // Each with the table that has it, and the table's day.
  const others = [
    'deepseek deepseek-v3.2',
    'fireworks llama-v3p1-8b-instruct',
    'google gemini-2.5-flash-lite',
    'groq gemma-7b-it',
    'mistral mistral-medium-3-1',
    'fireworks gemma-3-27b-it',
    'novita meta-llama/llama-3.1-8b-instruct',
    'novita meta-llama/llama-3.3-70b-instruct',
    'novita mistralai/mistral-nemo',
    'perplexity sonar',
  ]
  for (const [provider = '', model = ''] of others.map((other) => other.split(' '))) {
    const told = otherPrices({ provider, product: model })
    expect(told.length, model).toBeGreaterThan(0)
    for (const { source } of told) expect(source, model).toMatch(/^(litellm|models\.dev|node-llm) of 2026-\d\d-\d\d$/)
  }
  expect(describePrice({ model: 'bedrock/eu-west-3/meta.llama3-3-70b-instruct-v1:0' })).toMatchObject({
    status: 'partial',
    classes: [],
  })
})
