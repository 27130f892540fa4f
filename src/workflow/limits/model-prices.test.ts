import type { ImageModelV3 } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { parsePrices } from '../../pricing/book/parse-prices.ts'
import { modelClientOf } from '../models/model-client.ts'
import { checkPriced, firstUrlOf, priceQueryOf, whyUnpriced } from './model-prices.ts'

const object: ImageModelV3 = {
  specificationVersion: 'v3',
  provider: 'own.image',
  modelId: 'painter',
  maxImagesPerCall: 1,
  doGenerate: async () => {
    throw new Error('nobody asks it')
  },
}
const client = modelClientOf(object)
const place = (price: string) => ({
  prices: parsePrices(`prices: { painter: ${price} }`, 'p.yaml'),
  isSimulated: false,
})

test('a price of the text alone is no price of an image', () => {
  expect(whyUnpriced(client, place('{ input: 5 }'))).toMatch(/image output/)
  expect(whyUnpriced(client, place('{ input: 5, output_image: 40 }'))).toBeUndefined()
})

const chat = modelClientOf({
  specificationVersion: 'v3',
  provider: 'own.chat',
  modelId: 'writer',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('nobody asks it')),
  doStream: () => Promise.reject(new Error('nobody asks it')),
})
const nowhere = { prices: undefined, isSimulated: false }

test('a model that chats has a price when its input and its output have one', () => {
  const writer = (price: string) => ({ ...nowhere, prices: parsePrices(`prices: { writer: ${price} }`, 'p.yaml') })
  expect(whyUnpriced(chat, writer('{ input: 5, output: 9 }'))).toBeUndefined()
  expect(whyUnpriced(chat, writer('{ usd_per_hour: 2 }'))).toBeUndefined()
  expect(whyUnpriced(chat, writer('{ output: 9 }'))).toBeTypeOf('string')
  expect(whyUnpriced(chat, nowhere)).toBeTypeOf('string')
  const hosted = { ...chat, identity: { ...chat.identity, provider: 'vllm' } }
  expect(whyUnpriced(hosted, nowhere)).toBeUndefined()
  // The address that it is called at counts before the one that it is known by.
  const known = { ...chat, identity: { ...chat.identity, url: 'http://known.example/v1' } }
  expect(whyUnpriced(known, { ...nowhere, url: 'http://called.example/v1' })).toContain('called.example')
  expect(whyUnpriced(known, nowhere)).toContain('known.example')
})

test('in a rehearsal the address of the simulator says nothing: the model needs a price as in a run', () => {
  expect(whyUnpriced(chat, { ...nowhere, isSimulated: true, url: 'http://localhost:8000/v1' })).toBeTypeOf('string')
})

test('models without a price are refused by name, each with its reason', () => {
  checkPriced([], nowhere)
  const own = { ...chat, identity: { ...chat.identity, name: 'mine', prices: place('{ output: 1 }').prices } }
  const hosted = { ...chat, identity: { name: 'hosted', provider: 'vllm' } }
  checkPriced([hosted], nowhere)
  expect(() => checkPriced([chat, hosted, chat, own], nowhere)).toThrow(
    expect.objectContaining({ code: 'unpriced_model' }),
  )
  expect(() => checkPriced([chat, own], nowhere)).toThrow(/none of "writer" \(.+\), "mine" \(.+\)\. Give it one/)
})

test('a request is priced as its model and its place say, and by the prices of the model before those of the run', () => {
  const [prices, own] = ['1', '2'].map((input) => place(`{ input: ${input} }`).prices)
  const identity = { name: 'alias', provider: 'openai', type: 'OpenAI' }
  const query = priceQueryOf({ ...chat, identity }, { prices, isSimulated: false, url: 'https://x' })
  expect(query).toEqual({
    model: 'writer',
    alias: 'alias',
    provider: 'openai',
    modelType: 'OpenAI',
    url: 'https://x',
    isSimulated: undefined,
    prices,
  })
  const rehearsed = priceQueryOf({ ...chat, identity: { ...identity, prices: own } }, { prices, isSimulated: true })
  expect(rehearsed).toMatchObject({ isSimulated: true, prices: own })
})

test('the address of a model is the first of several', () => {
  const at = (url: string | string[] | undefined) => firstUrlOf({ ...chat, identity: { name: 'm', url } })
  expect([at(undefined), at('https://a'), at(['https://b', 'https://c'])]).toEqual([
    undefined,
    'https://a',
    'https://b',
  ])
})
