import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedNames, otherNames } from './bounded-names.ts'

class Count {
  value = 0

  merge(other: Count): void {
    this.value += other.value
  }
}

function countsOf(names: Iterable<string>, most: number): BoundedNames<Count> {
  const counts = new BoundedNames(() => new Count(), most)
  for (const name of names) counts.of(name).value += 1
  return counts
}

const shown = (counts: BoundedNames<Count>) => counts.entries().map(([name, { value }]) => [name, value])

test('the shortest names stay, of equal length the first by letter, and nothing that was counted is lost', () => {
  const counts = countsOf(['run-4711', 'b', 'c', 'run-4711', 'a', 'ab', 'c'], 2)
  // c was dropped for a, with the one time it had come by then.
  expect(shown(counts)).toEqual([
    ['b', 1],
    ['a', 1],
    [otherNames, 5],
  ])
})

test('a fold in one piece and one in several keep the same names and sums', () => {
  const some = fc.array(fc.constantFrom('a', 'b', 'c', 'aa', 'ab', 'abc', otherNames), { maxLength: 30 })
  fc.assert(
    fc.property(some, some, fc.integer({ min: 1, max: 4 }), (first, second, most) => {
      const whole = countsOf([...first, ...second], most)
      const merged = countsOf(first, most)
      merged.merge(countsOf(second, most))
      expect(new Map(shown(merged) as [string, number][])).toEqual(new Map(shown(whole) as [string, number][]))
    }),
  )
})
