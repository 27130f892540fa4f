import { expect, test } from 'vitest'
import { microseconds, ratio, rounded } from './rounding.ts'
import { TopList } from './top-list.ts'

const listOf = (entries: readonly (readonly [string | undefined, number])[], size = 2) => {
  const list = new TopList(size)
  for (const [id, value] of entries) list.add(id, value)
  return list
}

test('the largest values are kept, equal ones by their ids, whatever comes first', () => {
  const entries = [
    ['c', 5],
    ['a', 5],
    ['b', 5],
    ['d', 7],
    ['e', 1],
  ] as const
  const expected = [
    { id: 'd', value: 7 },
    { id: 'a', value: 5 },
  ]
  expect(listOf(entries).entries).toEqual(expected)
  expect(listOf(entries.toReversed()).entries).toEqual(expected)
  const merged = listOf(entries.slice(0, 2))
  merged.merge(listOf(entries.slice(2)))
  expect(merged.entries).toEqual(expected)
})

test('what has no id or no value is not named', () => {
  expect(
    listOf([
      [undefined, 5],
      ['a', 0],
      ['b', -1],
    ]).entries,
  ).toEqual([])
})

test('a duration is whole microseconds, and what is none is 0', () => {
  expect([1.0000004, 0.0000006, 0, -1, Number.NaN, 1e9].map(microseconds)).toEqual([1_000_000, 1, 0, 0, 0, 0])
  expect([rounded(1.2345, 3), rounded(Number.NaN, 3), rounded(Number.POSITIVE_INFINITY, 3)]).toEqual([1.234, 0, 0])
  expect([ratio(3, 4), ratio(3, 0), ratio(3, -1)]).toEqual([0.75, 0, 0])
})
