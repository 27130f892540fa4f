import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata, ReceiptMetadata } from '../../metadata/schema.ts'
import { renderSections } from '../text/render-sections.ts'
import { receiptSections, receiptSumSection } from './receipt-sections.ts'
import { totalsSection } from './run-totals-section.ts'

const line = { token_class: 'input', tokens: 6702, usd_per_million: 0.15, usd: 0.0010053 }
const receipt: ReceiptMetadata = {
  status: 'priced',
  source: 'list',
  version: '1',
  provider: 'openai',
  product: 'gpt-4o-mini',
  tier: 'standard',
  price_date: '2026-11-23',
  requests: 23,
  total_usd: 0.0010053,
  classes: [line],
}

function runWith(
  receipts: readonly ReceiptMetadata[],
  cost: Partial<Metadata['models'][string]['cost']> = {},
): Metadata {
  const metadata = sampleMetadata()
  const [model] = Object.values(metadata.models)
  if (model === undefined) throw new Error('the sample has a model')
  return { ...metadata, models: { m: { ...model, cost: { ...model.cost, ...cost, receipt: [...receipts] } } } }
}

const textOf = (metadata: Metadata) => renderSections(receiptSections(metadata.models), {})

test('amounts and prices have all their digits, so that a line can be worked out by hand', () => {
  const text = textOf(runWith([{ ...receipt, page: 'https://provider.example/prices' }]))
  expect(text).toMatch(/input +6,702 +\$0\.15 +\$0\.0010053/)
  expect(text).toContain('Price page: https://provider.example/prices')
})

test('what the provider stated is shown with ours beside it', () => {
  const stated = { ...receipt, status: 'reported', total_usd: 0.0012, calculated_usd: 0.0010053 } as const
  expect(textOf(runWith([stated]))).toContain('Receipt of m: $0.0012 stated by the provider; by the list $0.0010053')
  const alone: ReceiptMetadata = { ...receipt, status: 'reported', total_usd: 0.0012, classes: [] }
  expect(textOf(runWith([alone]))).toMatch(/Receipt of m: \$0\.0012 stated by the provider\n.*gpt-4o-mini/)
})

test('a currency note of the prices file is shown', () => {
  expect(textOf(runWith([{ ...receipt, currency_note: 'EUR at 1.08' }]))).toContain('Currency: EUR at 1.08')
})

test('a model without a price says why', () => {
  const text = textOf(runWith([], { unpriced_reasons: [{ reason: 'nobody lists it', requests: 4 }] }))
  expect(text).toMatch(/Unpriced of m\n.*\n.*\n +4 +nobody lists it/)
})

test('receipts are added up to the last digit, those of a rehearsal apart', () => {
  const simulated = { ...receipt, status: 'simulated', total_usd: 5 } as const
  const section = receiptSumSection(
    runWith([{ ...receipt, total_usd: 0.1 }, { ...receipt, total_usd: 0.2 }, simulated]),
  )
  expect(section === undefined ? '' : renderSections([section], {})).toMatch(/2 receipts +\$0\.30\n/)
})

test('a fee is a line of its own: how many, the price of one, and where that was read', () => {
  const fee = { unit: 'webSearch', quantity: 2, usd_per_unit: 0.01, usd: 0.02, source: 'https://provider.example/fees' }
  const text = textOf(runWith([{ ...receipt, total_usd: 0.0210053, fees: [fee] }]))
  expect(text).toMatch(/Receipt of m: \$0\.0210053/)
  expect(text).toMatch(/webSearch +2 +\$0\.01 +\$0\.02 +https:\/\/provider\.example\/fees/)
  const alone = textOf(runWith([{ ...receipt, total_usd: 0.02, classes: [], fees: [{ ...fee, variant: 'preview' }] }]))
  expect(alone).toMatch(/23 requests at the standard price[\s\S]*webSearch \(preview\) +2/)
})

test('the day for which a price was asked and the day of its list are two days, and an old list is said once', () => {
  const old = { ...receipt, price_date: '2026-11-28', listed_on: '2026-09-23', place: 'eu-west-3' }
  expect(textOf(runWith([old]))).toContain(
    'standard price of openai gpt-4o-mini in eu-west-3 for 2026-11-28, from list 1 of 2026-09-23',
  )
  const totals = (listed_on: string) => JSON.stringify(totalsSection(runWith([{ ...old, listed_on }])))
  expect(totals('2026-09-23')).toContain('from a list of 2026-09-23, 66 days old at the time')
  expect(totals('2026-10-01')).not.toContain('days old')
})

test('of a rehearsal the receipts that are simulated are added up, and each says so', () => {
  const simulated = { ...receipt, status: 'simulated', total_usd: 5 } as const
  const run = runWith([receipt, simulated, { ...simulated, total_usd: 0.25 }])
  const { cost } = run.aggregate_statistics
  const totals = { ...run.aggregate_statistics, cost: { ...cost, status: 'simulated' as const, total_cost_usd: 5.25 } }
  expect(receiptSumSection({ ...run, aggregate_statistics: totals })).toEqual({
    type: 'pairs',
    title: 'Sum of the receipts',
    pairs: [
      ['2 receipts', '$5.25 simulated'],
      ['in the file', '$5.25 simulated, rounded to 6 decimals'],
    ],
  })
  expect(receiptSumSection(runWith([receipt]))).toBeUndefined()
  expect(textOf(runWith([simulated]))).toContain('Receipt of m: $5.00 simulated\n')
  expect(textOf(runWith([{ ...receipt, status: 'partial' }]))).toContain(
    'Receipt of m: $0.0010053 for what has a price\n',
  )
})

test('what the provider stated without a price of ours says of how many requests, and that none is listed', () => {
  const stated: ReceiptMetadata = { ...receipt, status: 'reported', total_usd: 2, classes: [] }
  expect(textOf(runWith([stated]))).toContain(
    '23 requests to openai, as the answers state it; no price of gpt-4o-mini is listed',
  )
  expect(textOf(runWith([{ ...stated, status: 'priced' }]))).toContain(
    '23 requests at the standard price of openai gpt-4o-mini for 2026-11-23, from list 1\n',
  )
})
