import { expect, test } from 'vitest'
import { filterQuery, isOpenFilter, readFilter, readNumber, sliceName } from './run-filter.ts'

const at = (query: Readonly<Record<string, string>>) => readFilter((name) => query[name])

const open = {
  node: undefined,
  model: undefined,
  error: undefined,
  fromMs: undefined,
  toMs: undefined,
  overSeconds: undefined,
  underSeconds: undefined,
}

test('a filter is read from an address, and an address is written from it', () => {
  const query = { node: 'ask', model: 'gpt-4o', error: 'http_503', from: '1000', to: '2000', over: '0.5', under: '9' }
  const filter = at(query)
  expect(filter).toEqual({
    node: 'ask',
    model: 'gpt-4o',
    error: 'http_503',
    fromMs: 1_000,
    toMs: 2_000,
    overSeconds: 0.5,
    underSeconds: 9,
  })
  expect(filterQuery(filter)).toEqual({ ...query, from: 1_000, to: 2_000, over: 0.5, under: 9 })
  expect(sliceName(filter)).toBe('["ask","gpt-4o","http_503",1000,2000,0.5,9]')
  expect(isOpenFilter(filter)).toBe(false)
})

test('what is empty, or no number where one is needed, filters nothing', () => {
  expect(at({ node: '', from: 'yesterday', to: '', over: 'Infinity' })).toEqual(open)
  expect([isOpenFilter(open), isOpenFilter({ ...open, underSeconds: 0 })]).toEqual([true, false])
  expect(sliceName({})).toBe('["","","","","","",""]')
  expect([readNumber('0'), readNumber('-1.5'), readNumber(null), readNumber('x')]).toEqual([
    0,
    -1.5,
    undefined,
    undefined,
  ])
})
