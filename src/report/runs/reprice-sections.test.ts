import { expect, test } from 'vitest'
import { knownChange } from './reprice-sections.ts'

test('a cost of which a part has no price is no change from another one', () => {
  const known = { usd: 2, status: 'priced' } as const
  expect(knownChange({ before: known, after: { usd: 1, status: 'priced' } })).toEqual({ beforeUsd: 2, afterUsd: 1 })
  expect(knownChange({ before: known, after: { usd: 0, status: 'unpriced' } })).toBeUndefined()
  expect(knownChange({ before: { usd: 1, status: 'partial' }, after: known })).toBeUndefined()
  expect(knownChange({ before: undefined, after: known })).toBeUndefined()
})
