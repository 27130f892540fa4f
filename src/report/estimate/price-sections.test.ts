import { expect, test } from 'vitest'
import { describePrice, type PriceDescription } from '../../pricing/index.ts'
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

test('all that is known of a price is shown, each part where there is something of it', () => {
  const input = { tokenClass: 'input', name: 'input', usdPerMillion: 1.5, longContext: [] } as const
  const steps = [
    { abovePromptTokens: 1_000, usdPerMillion: 3 },
    { abovePromptTokens: 2_000, usdPerMillion: 4 },
  ]
  const price = {
    ...{ source: 'list', version: '2', provider: 'p', product: 'm-1', tier: 'flex', date: '2026-11-30' },
    ...{ place: 'eu', listedOn: '2026-11-01' },
  }
  const description: PriceDescription = {
    model: 'm',
    status: 'partial',
    reason: 'searches are not listed',
    price,
    classes: [{ ...input, longContext: steps }],
    tiers: [{ tier: 'batch', source: 'https://b.example', classes: [{ ...input, usdPerMillion: 0.75 }] }],
    fees: [
      { name: 'search', usdPerUnit: 0.01, source: 'https://f.example' },
      { name: 'search', variant: 'deep', source: 'https://f.example' },
    ],
    places: [{ places: ['us', 'ap'], classes: [{ ...input, usdPerMillion: 9 }] }],
    elsewhere: [
      { tokenClass: 'input', usdPerMillion: 2, source: 'other' },
      { tokenClass: 'output', usdPerMillion: 5, source: 'other' },
    ],
    pages: ['https://p.example'],
    notes: ['in its own words'],
    usdPerHour: 7.25,
  }
  const shown = priceSections(description).map((section) => {
    if (section.type === 'pairs') return [section.title, ...section.pairs]
    if (section.type === 'table') return [section.title, section.notes, ...section.rows]
    return []
  })
  expect(shown).toEqual([
    [
      'Price of m',
      ['status', 'partial'],
      ['why', 'searches are not listed'],
      ['provider', 'p'],
      ['product', 'm-1'],
      ['price for', '2026-11-30'],
      ['place', 'eu'],
      ['source', 'list 2 of 2026-11-01'],
      ['USD per hour', '$7.25 while busy'],
      ['page', 'https://p.example'],
      ['note', 'in its own words'],
    ],
    [
      'USD per million tokens, flex tier',
      undefined,
      ['input', '$1.50', '$3.00 above 1,000 tokens, $4.00 above 2,000 tokens'],
    ],
    ['Tier batch', ['Source: https://b.example'], ['input', '$0.75']],
    ['Fees beside tokens, USD each', ['Source: https://f.example'], ['search', '$0.01'], ['search (deep)', 'unknown']],
    ['In us, ap', undefined, ['input', '$9.00']],
    ['Another table says', undefined, ['input', '$2.00', 'other'], ['output', '$5.00', 'other']],
  ])
  const sourceOf = (listedOn: string | undefined) => {
    const [section] = priceSections({ ...description, price: { ...price, listedOn } })
    return section?.type === 'pairs' ? new Map(section.pairs).get('source') : undefined
  }
  expect([sourceOf(undefined), sourceOf('2')]).toEqual(['list 2', 'list 2'])
})
