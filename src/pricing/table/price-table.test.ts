import { calcPrice, findProvider, type Provider, waitForUpdate } from '@pydantic/genai-prices'
import { beforeAll, expect, test } from 'vitest'
import installed from '../../../node_modules/@pydantic/genai-prices/package.json' with { type: 'json' }
import own from '../../../package.json' with { type: 'json' }
import { isTokenLine, picodollarsPerUsd } from '../../metadata/cost.ts'
import { calculateCost } from '../price-request.ts'
import { ownSource } from '../rate-card.ts'
import { tableVersion } from './table-version.ts'
import { tierRules } from './tiers.ts'

const at = new Date('2026-11-23T12:00:00Z')
let providers: readonly Provider[] = []

beforeAll(async () => {
  providers = (await waitForUpdate()) ?? []
})

test('the version in receipts is that of the installed table, which is pinned exactly', () => {
  expect(installed.version).toBe(tableVersion)
  expect(own.dependencies['@pydantic/genai-prices']).toBe(tableVersion)
})

test('the tokens of every listed model are priced as the table’s own library prices it, or refused with a reason', () => {
  let priced = 0
  for (const { id: provider, models } of providers) {
    for (const { id: model } of models) {
      const cost = calculateCost({ model, provider, usage: { promptTokens: 1000, completionTokens: 1000 }, at })
      expect(cost.receipt.reason ?? '', `${provider} ${model}`).not.toMatch(/could not be worked out/)
      // Our own list corrects the table.
      if (cost.receipt.price?.source === ownSource) continue
      if (cost.status !== 'priced') {
        expect(cost.receipt.reason, `${provider} ${model}`).toBeTruthy()
        continue
      }
      priced += 1
      const theirs = calcPrice({ input_tokens: 1000, output_tokens: 1000 }, model, {
        providerId: provider,
        timestamp: at,
      })
      const tokens = cost.receipt.lines.filter(isTokenLine).reduce((sum, { picodollars }) => sum + picodollars, 0)
      expect(tokens / picodollarsPerUsd, `${provider} ${model}`).toBeCloseTo(theirs?.total_price ?? Number.NaN, 12)
    }
  }
  expect(priced).toBeGreaterThan(950)
})

test('prices of a time of day change at full minutes, as long as a looked up price is kept', () => {
  for (const { models } of providers) {
    for (const { prices } of models) {
      for (const { constraint } of Array.isArray(prices) ? prices : []) {
        if (constraint?.type !== 'time_of_date') continue
        expect(`${constraint.start_time} ${constraint.end_time}`).toMatch(/^\d\d:\d\d:00Z \d\d:\d\d:00Z$/)
      }
    }
  }
})

test('each tier rule is for models that are listed', () => {
  for (const { provider, products } of tierRules) {
    const sellers = [provider, ...(findProvider({ providerId: provider })?.fallback_model_providers ?? [])]
    const listed = providers.filter(({ id }) => sellers.includes(id)).flatMap(({ models }) => models)
    expect(
      listed.some(({ id }) => products.test(id)),
      `${provider} ${products}`,
    ).toBe(true)
  }
})
