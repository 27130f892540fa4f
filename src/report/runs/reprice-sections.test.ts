import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import {
  amountOfModel,
  amountOfRun,
  chargedLineOf,
  knownChange,
  type RepricedRow,
  repriceSection,
  rowsOfModel,
} from './reprice-sections.ts'

test('a cost of which a part has no price is no change from another one', () => {
  const known = { usd: 2, status: 'priced' } as const
  expect(knownChange({ before: known, after: { usd: 1, status: 'priced' } })).toEqual({ beforeUsd: 2, afterUsd: 1 })
  expect(knownChange({ before: known, after: { usd: 0, status: 'unpriced' } })).toBeUndefined()
  expect(knownChange({ before: { usd: 1, status: 'partial' }, after: known })).toBeUndefined()
  expect(knownChange({ before: { ...known, isOpen: true }, after: known })).toBeUndefined()
  expect(knownChange({ before: undefined, after: known })).toBeUndefined()
})

const rowsOf = (...rows: readonly RepricedRow[]) => {
  const section = repriceSection(rows, [])
  return section?.type === 'table'
    ? { titles: section.columns.map(({ title }) => title), rows: section.rows }
    : undefined
}
const priced = (usd: number, usdPerMillion: readonly number[] = []) => ({
  usd,
  status: 'priced' as const,
  usdPerMillion,
})

test('a row tells what was, what would be and the difference, to the last digit', () => {
  const found = rowsOf(
    { model: 'm', before: priced(0.3), after: priced(0.1) },
    { model: 'm', line: 'input', tokens: 1_000, before: priced(0.1, [100]), after: priced(0.3, [300, 200]) },
    { model: 'same', before: priced(1), after: priced(1) },
    { model: 'new', before: priced(0), after: priced(2) },
    { model: 'none', before: priced(0), after: priced(0) },
    { model: 'unknown', before: priced(1), after: undefined, reason: 'nobody lists it' },
  )
  expect(found?.titles).toEqual([
    'model',
    'tokens',
    'was per million',
    'now per million',
    'was',
    'now',
    'difference',
    'change',
    'why not',
  ])
  expect(found?.rows).toEqual([
    ['m', '–', '–', '–', '$0.30', '$0.10', '-$0.20', '-66.7%', '–'],
    ['  input', '1,000', '$100.00', '$300.00, $200.00', '$0.10', '$0.30', '+$0.20', '+200%', '–'],
    ['same', '–', '–', '–', '$1.00', '$1.00', '±0', '±0%', '–'],
    ['new', '–', '–', '–', '$0.00', '$2.00', '+$2.00', '–', '–'],
    ['none', '–', '–', '–', '$0.00', '$0.00', '±0', '±0%', '–'],
    ['unknown', '–', '–', '–', '$1.00', '–', '–', '–', 'nobody lists it'],
  ])
})

// One record: 241 tokens in, 80 of the cache, 121 out, 10 of thinking, at $0.15, $0.075 and $0.60 a million.
test('a model is a row for the whole and one for each class, before and after', () => {
  const metadata = sampleMetadata({ records: 1 })
  const model = metadata.models['gpt-4o-mini']
  expect(amountOfRun(metadata)).toEqual({
    usd: 0.00012075,
    status: 'priced',
    is_lower_bound: undefined,
    isOpen: undefined,
  })
  expect(amountOfModel(undefined)).toBeUndefined()
  expect(amountOfModel(model)).toMatchObject({ usd: 0.00012075, status: 'priced', reason: undefined })
  const lines = [
    chargedLineOf({ tokenClass: 'input', tokens: 100, usdPerMillion: 1, usd: 0.0001 }),
    chargedLineOf({ tokenClass: 'input', tokens: 141, usdPerMillion: 2, usd: 0.000282 }),
    chargedLineOf({ unit: 'webSearch', quantity: 3, usdPerUnit: 0.01, usd: 0.03 }),
  ]
  const rows = rowsOfModel('gpt-4o-mini', model, { usd: 1, status: 'priced', lines })
  expect(rows[0]).toMatchObject({ model: 'gpt-4o-mini', before: { usd: 0.00012075 }, after: { usd: 1 } })
  expect(rows.slice(1)).toEqual([
    {
      model: 'gpt-4o-mini',
      line: 'input',
      tokens: 241,
      before: priced(0.00003615, [0.15]),
      after: priced(0.000382, [1, 2]),
    },
    { model: 'gpt-4o-mini', line: 'cacheRead', tokens: 80, before: priced(0.000006, [0.075]), after: undefined },
    { model: 'gpt-4o-mini', line: 'output', tokens: 121, before: priced(0.0000726, [0.6]), after: undefined },
    { model: 'gpt-4o-mini', line: 'reasoning', tokens: 10, before: priced(0.000006, [0.6]), after: undefined },
    { model: 'gpt-4o-mini', line: 'webSearch × 3', tokens: undefined, before: undefined, after: priced(0.03) },
  ])
  expect(rowsOfModel('m', undefined, undefined)).toEqual([
    { model: 'm', before: undefined, after: undefined, reason: undefined },
  ])
})
