import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { SygraError } from '../../errors.ts'
import { parsePrices, pricingOfModel } from './parse-prices.ts'
import { modelPricingSchema, pricesFileSchema } from './price-book-schema.ts'

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (thrown) {
    if (thrown instanceof SygraError && thrown.code === 'bad_prices') return thrown.message
    throw thrown
  }
  return 'accepted'
}

test.each([
  ['prices:\n  my-model:\n    input: cheap\n', 'prices.yaml:3:12: expected a number, found "cheap"'],
  ['prices:\n  my-model:\n    input: -1\n', 'prices.yaml:3:12: expected 0 or more, found -1'],
  [
    'prices:\n  my-model:\n    outptu: 1\n',
    /^prices\.yaml:3:5: unknown key "outptu"; expected one of input, cache_read, .*, output/,
  ],
  ['prices:\n  my-model: 3\n', 'prices.yaml:2:13: expected a mapping or a list, found 3'],
  ['prices:\n  my-model: []\n', 'prices.yaml:2:13: expected 1 or more, found a list'],
  [
    'prices:\n  my-model:\n    - input: 1\n    - from: soon\n',
    'prices.yaml:4:13: expected a day, YYYY-MM-DD, found "soon"',
  ],
  ['prices:\n  m:\n    from: 2026-02-30\n', 'prices.yaml:3:11: expected a day of the calendar, found "2026-02-30"'],
  ['prices:\n  m:\n    long_context:\n      input: 1\n', 'prices.yaml:4:7: expected a number, found nothing'],
  ['prices:\n  m:\n    tiers:\n      batch: half\n', 'prices.yaml:4:14: expected a number or a mapping, found "half"'],
  ['models:\n  prod-chat:\n    provider: azure\n', 'prices.yaml:3:5: expected a string, found nothing'],
  ['models:\n  prod-chat: 4\n', 'prices.yaml:2:14: expected a string or a mapping, found 4'],
  ['discount: 20\n', 'prices.yaml:1:11: expected 1 or less, found 20'],
  [
    'price: {}\n',
    'prices.yaml:1:1: unknown key "price"; expected one of currency_note, discount, prices, models, aliases',
  ],
  ['- a\n- b\n', 'prices.yaml:1:1: expected a mapping, found a list'],
])('a bad file is refused with line and column: %j', (text, message) => {
  expect(refusal(() => parsePrices(text, 'prices.yaml'))).toMatch(message)
})

test('text that is no YAML is refused with line and column', () => {
  expect(refusal(() => parsePrices('prices:\n  a: {\n', 'prices.yaml'))).toMatch(/^prices\.yaml:\d+:\d+: /)
  expect(refusal(() => parsePrices('prices:\n  a: {}\n  a: {}\n', 'p.yaml'))).toMatch(/^p\.yaml:3:3: .*unique/)
})

test('an empty file is an empty book', () => {
  const book = parsePrices('', 'prices.yaml')
  expect([book.prices.size, book.models.size]).toEqual([0, 0])
})

test('JSON is read as well', () => {
  const book = parsePrices('{"prices": {"My-Model": {"input": 1}}}', 'prices.json')
  expect(book.prices.get('my-model')?.[0]?.rates).toEqual({ input: 1, inputImage: 1, inputVideo: 1 })
})

test('the version of a file is a digest of its text, unless one is given', () => {
  const [first, same, other] = ['discount: 0.1', 'discount: 0.1', 'discount: 0.2'].map(
    (text) => parsePrices(text, 'p').version,
  )
  expect(first).toBe(same)
  expect(first).not.toBe(other)
  expect(first).toMatch(/^[0-9a-f]{14}$/)
  expect(parsePrices('', 'p', 'v7').version).toBe('v7')
})

test('bad pricing of a model is refused with its place', () => {
  expect(refusal(() => pricingOfModel({ input: '1' }, 'models.yaml: fast'))).toBe(
    'models.yaml: fast.pricing.input: expected a number, found "1"',
  )
  expect(refusal(() => pricingOfModel({ model: 'gpt-4o', teir: 'batch' }, 'models.yaml: fast'))).toBe(
    'models.yaml: fast.pricing: unknown key "teir"; expected one of model, provider, tier, discount, multiplier',
  )
  expect(refusal(() => pricingOfModel(3, 'models.yaml: fast'))).toBe(
    'models.yaml: fast.pricing: expected a mapping or a list, found 3',
  )
})

test('the schemas can be written as JSON Schema', () => {
  expect(z.toJSONSchema(pricesFileSchema)).toMatchObject({ type: 'object', additionalProperties: false })
  expect(z.toJSONSchema(modelPricingSchema)).toHaveProperty('anyOf')
})

test('the example in the documentation is a prices file', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/pricing.md', 'utf8'))?.[1] ?? ''
  const book = parsePrices(example, 'docs/pricing.md')
  expect([...book.prices.keys()]).toContain('our-model')
  expect([...book.models.keys()]).toHaveLength(3)
})
