import { expect, test } from 'vitest'
import { describePrice } from '../../pricing/index.ts'
import { renderSections } from '../text/render-sections.ts'
import { priceSections } from './price-sections.ts'

const textOf = (query: Parameters<typeof describePrice>[0]) => renderSections(priceSections(describePrice(query)), {})

test('a price is shown with its source, its classes, its tiers and the page it rests on', () => {
  const text = textOf({ model: 'gpt-4o-mini' })
  for (const expected of ['@pydantic/genai-prices 0.1.8', 'cached input', '$0.15', 'Tier batch', 'https://']) {
    expect(text).toContain(expected)
  }
})

test('long prompts have their own price', () => {
  expect(textOf({ model: 'gemini-2.5-pro' })).toMatch(/\$2\.50 above 200,000 tokens/)
})

test('without a price it says why', () => {
  expect(textOf({ model: 'claude-3-opus-custom' })).toMatch(/unpriced[\s\S]*only resembles/)
})
