import { describe, expect, test } from 'vitest'
import { appendedPart, namedReducer } from './reducer.ts'

describe('append', () => {
  const append = namedReducer('append')
  const [one, two] = [{ text: '1' }, { text: '2' }]

  test.each([
    { current: undefined, written: [1], expected: [1] },
    { current: null, written: 1, expected: [1] },
    { current: [1], written: [1], expected: [1, 1] },
    { current: 'a', written: ['b'], expected: ['a', 'b'] },
    { current: [1], written: undefined, expected: [1] },
  ])('$written after $current is $expected', ({ current, written, expected }) => {
    expect(append(current, written)).toEqual(expected)
  })

  test('of a list that begins with the very maps of the current one only the rest is new', () => {
    expect(appendedPart([one], [one, two])).toEqual([two])
    expect(appendedPart([one, two], [one])).toEqual([one])
    expect(appendedPart([one], [{ ...one }, two])).toEqual([one, two])
    expect(appendedPart(['x'], ['x', 'y'])).toEqual(['x', 'y'])
    expect(appendedPart(undefined, [one])).toEqual([one])
  })

  test('the lists themselves are not changed', () => {
    const current = [1]
    append(current, [2])
    expect(current).toEqual([1])
  })
})

test.each([
  {
    name: 'merge' as const,
    current: [1],
    written: { a: 1 },
    message: 'the reducer "merge" combines maps; found a list',
  },
  {
    name: 'merge' as const,
    current: undefined,
    written: 'a',
    message: 'the reducer "merge" combines maps; found string',
  },
  { name: 'sum' as const, current: 1, written: '2', message: 'the reducer "sum" adds numbers; found string' },
])('$name refuses what it cannot combine', ({ name, current, written, message }) => {
  expect(() => namedReducer(name)(current, written)).toThrow(message)
})

test('merge and sum begin with nothing', () => {
  expect(namedReducer('merge')(undefined, { a: 1 })).toEqual({ a: 1 })
  expect(namedReducer('sum')(undefined, 2)).toBe(2)
})
