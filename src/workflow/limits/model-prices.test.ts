import type { ImageModelV3 } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { parsePrices } from '../../pricing/book/parse-prices.ts'
import { modelClientOf } from '../models/model-client.ts'
import { whyUnpriced } from './model-prices.ts'

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
