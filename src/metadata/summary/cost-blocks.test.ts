import { expect, test } from 'vitest'
import type { CostStatus, FeeLine, PriceReference, RequestCost } from '../cost.ts'
import { CostTotals, statusOfSum, totalUsdOf } from '../totals/cost-totals.ts'
import { costStatusBlock, receiptBlock, unpricedReasonsBlock } from './cost-blocks.ts'

const price: PriceReference = {
  source: 'prices.yaml',
  version: '1',
  provider: 'openai',
  product: 'gpt-4o',
  tier: 'standard',
  date: '2026-11-23',
}

const totalsOf = (...costs: readonly RequestCost[]) => {
  const totals = new CostTotals()
  for (const cost of costs) totals.add(cost)
  return totals
}
const cost = (status: CostStatus, picodollars: number, fields: Partial<RequestCost> = {}): RequestCost => ({
  status,
  picodollars,
  lines: [],
  ...fields,
})

test.each<[CostStatus | undefined, CostStatus[]]>([
  [undefined, []],
  ['priced', ['priced', 'priced']],
  ['priced', ['priced', 'free', 'reported']],
  ['reported', ['reported', 'free']],
  ['free', ['free']],
  ['unpriced', ['unpriced', 'unpriced']],
  ['partial', ['unpriced', 'free']],
  ['partial', ['partial']],
  ['partial', ['partial', 'unpriced']],
  ['partial', ['priced', 'unpriced']],
  // What was rehearsed says nothing of the money that was spent.
  ['simulated', ['simulated']],
  ['priced', ['priced', 'simulated']],
  ['unpriced', ['unpriced', 'simulated']],
])('a sum is %s of costs that are %j', (expected, statuses) => {
  const totals = totalsOf(...statuses.map((status) => cost(status, 1)))
  expect(totals.status).toBe(expected)
  expect(statusOfSum(totals.requestsByStatus)).toBe(expected)
  const merged = totalsOf(...statuses.slice(1).map((status) => cost(status, 1)))
  merged.merge(totalsOf(...statuses.slice(0, 1).map((status) => cost(status, 1))))
  expect(merged.requestsByStatus).toEqual(totals.requestsByStatus)
})

test('a rehearsal is no money spent, and of one how much has no price is told too', () => {
  const rehearsal = totalsOf(
    cost('simulated', 2e12),
    cost('simulated', 0, { rehearsedStatus: 'unpriced', reason: 'nobody lists it' }),
    cost('simulated', 1e12, { rehearsedStatus: 'partial', reason: 'no price of audio' }),
    cost('simulated', 0, { rehearsedStatus: 'free' }),
  )
  expect([rehearsal.isRehearsal, totalUsdOf(rehearsal), rehearsal.unpricedRequests]).toEqual([true, 3, 1])
  expect(costStatusBlock(rehearsal)).toEqual({
    status: 'simulated',
    is_lower_bound: true,
    unpriced_requests: 1,
    simulated_cost_usd: 3,
  })
  const both = totalsOf(cost('simulated', 2e12), cost('priced', 5e12), cost('unpriced', 0))
  expect([both.isRehearsal, totalUsdOf(both), totalUsdOf(both, true), both.unpricedRequests]).toEqual([false, 5, 2, 1])
  expect(costStatusBlock(both)).toEqual({ status: 'partial', unpriced_requests: 1, simulated_cost_usd: 2 })
  expect(costStatusBlock(totalsOf())).toEqual({ status: null, unpriced_requests: 0 })
})

test('why a cost is not known is told by how often, twenty reasons at most', () => {
  const unknown = (reason: string) => cost('unpriced', 0, { reason })
  const totals = totalsOf(
    unknown('b'),
    unknown('c'),
    unknown('a'),
    unknown('c'),
    cost('priced', 1, { reason: 'no gap' }),
  )
  totals.addUnknown()
  totals.addUnknown()
  totals.addUnknown()
  expect(unpricedReasonsBlock(totals)).toEqual({
    unpriced_reasons: [
      { reason: 'no cost was recorded', requests: 3 },
      { reason: 'c', requests: 2 },
      { reason: 'a', requests: 1 },
      { reason: 'b', requests: 1 },
    ],
  })
  expect(totals.unpricedRequests).toBe(7)
  expect(unpricedReasonsBlock(totalsOf())).toEqual({})
  const many = totalsOf(...Array.from({ length: 21 }, (_, index) => unknown(`${index}`)))
  expect(unpricedReasonsBlock(many).unpriced_reasons).toHaveLength(20)
})

test('a receipt has a line for each class and price, and for each fee, in an order that no request decides', () => {
  const fee = (unit: FeeLine['unit'], usdPerUnit: number, variant?: string): FeeLine => ({
    unit,
    usdPerUnit,
    quantity: 2,
    picodollars: 2 * usdPerUnit * 1e12,
    ...(variant === undefined ? {} : { variant, source: 'page' }),
  })
  const lines: RequestCost['lines'] = [
    { tokenClass: 'output', tokens: 5, usdPerMillion: 8, picodollars: 40e6 },
    { tokenClass: 'input', tokens: 7, usdPerMillion: 4, picodollars: 28e6 },
    { tokenClass: 'input', tokens: 3, usdPerMillion: 2, picodollars: 6e6 },
    fee('image', 3, 'wide'),
    fee('image', 3, 'tall'),
    fee('image', 1),
    fee('webSearch', 9),
  ]
  const expected = [
    {
      status: 'priced',
      source: 'prices.yaml',
      version: '1',
      provider: 'openai',
      product: 'gpt-4o',
      tier: 'standard',
      price_date: '2026-11-23',
      requests: 1,
      total_usd: 32.000074,
      classes: [
        { token_class: 'input', tokens: 3, usd_per_million: 2, usd: 0.000006 },
        { token_class: 'input', tokens: 7, usd_per_million: 4, usd: 0.000028 },
        { token_class: 'output', tokens: 5, usd_per_million: 8, usd: 0.00004 },
      ],
      fees: [
        { unit: 'webSearch', quantity: 2, usd_per_unit: 9, usd: 18 },
        { unit: 'image', quantity: 2, usd_per_unit: 1, usd: 2 },
        { unit: 'image', variant: 'tall', quantity: 2, usd_per_unit: 3, usd: 6, source: 'page' },
        { unit: 'image', variant: 'wide', quantity: 2, usd_per_unit: 3, usd: 6, source: 'page' },
      ],
    },
  ]
  const of = (ordered: RequestCost['lines']) =>
    receiptBlock(totalsOf(cost('priced', 32.000074e12, { price, lines: ordered })))
  expect(of(lines)).toEqual(expected)
  expect(of(lines.toReversed())).toEqual(expected)
})

test('prices that differ in anything are receipts of their own, each with what is known of it', () => {
  const whole = { ...price, listedOn: '2026-11-01', place: 'eu', page: 'https://p', currencyNote: '1 EUR = 1.1 USD' }
  const variants = [price, whole, { ...price, tier: 'batch' }, { ...price, product: 'a' }, { ...price, version: '2' }]
  const totals = totalsOf(...[...variants, price].map((each) => cost('priced', 1, { price: each })))
  totals.add(cost('reported', 5, { price, calculatedPicodollars: 4 }))
  const receipts = receiptBlock(totals)
  expect(
    receipts.map(({ product, tier, place, status, version, requests }) => [
      product,
      tier,
      place,
      status,
      version,
      requests,
    ]),
  ).toEqual([
    ['a', 'standard', undefined, 'priced', '1', 1],
    ['gpt-4o', 'batch', undefined, 'priced', '1', 1],
    ['gpt-4o', 'standard', undefined, 'priced', '1', 2],
    ['gpt-4o', 'standard', undefined, 'priced', '2', 1],
    ['gpt-4o', 'standard', undefined, 'reported', '1', 1],
    ['gpt-4o', 'standard', 'eu', 'priced', '1', 1],
  ])
  expect(receipts[0]).not.toHaveProperty('fees')
  expect(receipts.at(-1)).toMatchObject({
    listed_on: '2026-11-01',
    page: 'https://p',
    currency_note: '1 EUR = 1.1 USD',
  })
  expect(receipts.map(({ calculated_usd }) => calculated_usd)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    4e-12,
    undefined,
  ])
})
