import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberSet } from './number-set.ts'

const numbers = fc.array(fc.nat({ max: 5_000 }))

test('it holds what a set of numbers holds, merged from parts too', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.nat({ max: 6_000 }), (first, second, other) => {
      const [own, added] = [setOf(first), setOf(second)]
      own.merge(added)
      const plain = new Set([...first, ...second])
      expect(own.size).toBe(plain.size)
      for (const number of [...plain, other, -1]) expect(own.has(number)).toBe(plain.has(number))
      expect(added.size).toBe(new Set(second).size)
    }),
  )
})

function setOf(numbers: readonly number[]): NumberSet {
  const set = new NumberSet()
  for (const number of numbers) set.add(number)
  return set
}
