import { expect, test } from 'vitest'
import { noMoney, type PriceReference, type RequestCost } from '../cost.ts'
import { type Receipt, ReceiptTotals } from './receipt-totals.ts'

const price: PriceReference = {
  source: 'prices.yaml',
  version: '1',
  provider: 'vllm',
  product: 'llama',
  tier: 'busy time',
  date: '2026-11-23',
}

function machine(seconds: number): Receipt {
  return {
    price,
    status: 'priced',
    requests: 2,
    total: { dollars: seconds, picodollars: 0 },
    lines: new Map(),
    busy: { microseconds: seconds * 1_000_000, usdPerHour: 3600 },
  }
}

function tokens(count: number): RequestCost {
  const picodollars = count * 1_000_000
  return {
    status: 'priced',
    picodollars,
    price,
    lines: [{ tokenClass: 'input', tokens: count, usdPerMillion: 1, picodollars }],
  }
}

test('receipts of machines stay one by one when totals are merged, on either side', () => {
  const first = new ReceiptTotals()
  first.addWhole(machine(4))
  first.add(tokens(10))
  const second = new ReceiptTotals()
  second.addWhole(machine(6))
  second.addWhole(machine(5))
  second.add(tokens(30))
  first.merge(second)
  const receipts = first.list()
  expect(receipts.flatMap(({ busy }) => (busy === undefined ? [] : [busy.microseconds]))).toEqual([
    4_000_000, 5_000_000, 6_000_000,
  ])
  const [ofTokens, ...others] = receipts.filter(({ busy }) => busy === undefined)
  expect(others).toEqual([])
  expect(ofTokens).toMatchObject({ requests: 2, total: { dollars: 0, picodollars: 40_000_000 } })
  expect(second.list()).toHaveLength(3)
})

test('totals that were merged into others stay what they were', () => {
  const part = new ReceiptTotals()
  part.add(tokens(10))
  const whole = new ReceiptTotals()
  whole.merge(part)
  whole.add(tokens(5))
  whole.addWhole(machine(1))
  const [receipt, ...others] = part.list()
  expect(others).toEqual([])
  expect(receipt).toMatchObject({ requests: 1, total: { ...noMoney(), picodollars: 10_000_000 } })
  expect([...(receipt?.lines.values() ?? [])]).toMatchObject([{ quantity: 10, total: { picodollars: 10_000_000 } }])
})

test('what the lines come to is known of a merged total only if it is known of both', () => {
  const reported = (calculatedPicodollars?: number): ReceiptTotals => {
    const totals = new ReceiptTotals()
    totals.add({ status: 'reported', picodollars: 7, price, lines: [], calculatedPicodollars })
    return totals
  }
  const known = reported(6)
  known.merge(reported(5))
  expect(known.list()).toMatchObject([{ total: { picodollars: 14 }, calculated: { picodollars: 11 } }])
  for (const [one, other] of [
    [reported(6), reported()],
    [reported(), reported(6)],
  ] as const) {
    one.merge(other)
    expect(one.list()[0]?.calculated).toBeUndefined()
  }
})
