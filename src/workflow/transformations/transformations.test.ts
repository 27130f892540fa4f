import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Row } from '../sources/source.ts'
import { addFields } from './add-fields.ts'
import { combineRows } from './combine-rows.ts'
import { filterByField, filterRows } from './filter-rows.ts'
import { toTransformation } from './own-transformation.ts'
import { renameFields } from './rename-fields.ts'
import { skipRows } from './skip-rows.ts'
import { type Transformation, transformRows } from './transformation.ts'

async function* stream(rows: readonly Row[]) {
  yield* rows
}

async function run(transformation: Transformation, rows: readonly Row[]): Promise<Row[]> {
  const out: Row[] = []
  for await (const row of transformRows(stream(rows), [transformation])) out.push(row)
  return out
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))
const numbers = (rows: readonly Row[]) => rows.map((row) => row.n)

describe('rename', () => {
  test('gives columns new names and leaves the row that came as it was', async () => {
    const row = { old: 1, other: 2 }
    expect(await run(renameFields({ mapping: { old: 'new', absent: 'x' } }), [row])).toEqual([{ other: 2, new: 1 }])
    expect(row).toEqual({ old: 1, other: 2 })
  })

  test('replaces a column of that name only when told to', async () => {
    const rows = [{ a: 1, b: 2 }]
    expect(await run(renameFields({ mapping: { a: 'b' } }), rows)).toEqual([{ a: 1, b: 2 }])
    expect(await run(renameFields({ mapping: { a: 'b' }, overwrite: true }), rows)).toEqual([{ b: 1 }])
  })
})

test('add puts the same values into every row', async () => {
  expect(await run(addFields({ mapping: { kind: 'x', n: 9 } }), numbered(2))).toEqual([
    { n: 9, kind: 'x' },
    { n: 9, kind: 'x' },
  ])
})

describe('skip', () => {
  /** What Python's slices mean, over a whole list. */
  function byDefinition(count: number, ranges: readonly (readonly [number, number | undefined])[]): number[] {
    const skipped = new Set<number>()
    for (const [start, end = count] of ranges) {
      const from = start < 0 ? count + start : start
      const to = end < 0 ? count + end : end
      for (let index = from; index < to; index += 1) skipped.add(index)
    }
    return Array.from({ length: count }, (_, index) => index).filter((index) => !skipped.has(index))
  }

  test('ranges mean what they mean over a whole list, though rows stream', async () => {
    const bound = fc.integer({ min: -12, max: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 40 }),
        fc.array(fc.tuple(bound, fc.option(bound, { nil: undefined })), { maxLength: 3 }),
        async (count, ranges) => {
          const range = ranges.map(([start, end]) => `[${start}:${end ?? ''}]`).join(', ')
          expect(numbers(await run(skipRows({ range }), numbered(count)))).toEqual(byDefinition(count, ranges))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('rows at both ends', async () => {
    expect(numbers(await run(skipRows({ fromStart: 2, fromEnd: 1 }), numbered(5)))).toEqual([2, 3])
    expect(numbers(await run(skipRows({ range: '[:2],[-1:]' }), numbered(5)))).toEqual([2, 3])
  })

  test('a range that cannot be read is refused', () => {
    expect(() => skipRows({ range: '[1-2]' })).toThrow(/"\[1-2\]" is not a range/)
  })
})

describe('combine', () => {
  const pages = ['a', 'b', 'c', 'd', 'e'].map((text, page) => ({ text, page, extra: true }))
  const joinColumn = { page: '$1-$2', text: '$1 $2' }

  test('joins each row with the next, the last one too', async () => {
    expect(await run(combineRows({ combine: 2, joinColumn }), pages)).toEqual([
      { page: '0-1', text: 'a b' },
      { page: '1-2', text: 'b c' },
      { page: '2-3', text: 'c d' },
      { page: '3-4', text: 'd e' },
    ])
  })

  test('steps on by shift, also beyond the window, and leaves out the ends', async () => {
    const texts = async (shift: number, skip = {}) =>
      (await run(combineRows({ combine: 2, shift, skip, joinColumn }), pages)).map((row) => row.text)
    expect(await texts(2)).toEqual(['a b', 'c d'])
    expect(await texts(3)).toEqual(['a b', 'd e'])
    expect(await texts(1, { fromBeginning: 1, fromEnd: 1 })).toEqual(['b c', 'c d'])
  })

  test('a number beyond the window stays as written, nothing is empty text, objects are JSON', async () => {
    const template = combineRows({ combine: 2, joinColumn: { a: '$1/$2/$10/$3' } })
    expect(await run(template, [{ a: { x: 1 } }, { a: null }])).toEqual([{ a: '{"x":1}//$10/$3' }])
  })

  test('below two there is nothing to combine', async () => {
    expect(await run(combineRows({ combine: 1, joinColumn }), pages)).toEqual(pages)
  })
})

describe('filter', () => {
  const rows = [{ lang: 'en', n: 1 }, { lang: 'de', n: 2 }, { lang: '', n: 3 }, { n: 4 }]

  test.each([
    [{ field: 'lang', equals: 'en' }, [1]],
    [{ field: 'lang', notEquals: 'en' }, [2, 3, 4]],
    [{ field: 'lang', in: ['en', 'de'] }, [1, 2]],
    [{ field: 'lang', matches: '^d' }, [2]],
    [{ field: 'lang', present: true }, [1, 2]],
    [{ field: 'lang', present: false }, [3, 4]],
    [{ field: 'n', in: [1, 2, 3], notEquals: 2 }, [1, 3]],
  ])('%j keeps %j', async (options, kept) => {
    expect(numbers(await run(filterByField(options), rows))).toEqual(kept)
  })

  test('a function decides, also later', async () => {
    expect(
      numbers(
        await run(
          filterRows(async (row) => Number(row.n) % 2 === 0),
          rows,
        ),
      ),
    ).toEqual([2, 4])
  })

  test('a pattern that is none is refused', () => {
    expect(() => filterByField({ field: 'a', matches: '(' })).toThrow(/"\(" is not a regular expression/)
  })
})

describe('one of your own', () => {
  test('a function changes a row, drops it, or makes several of it; it may be asynchronous and gets its parameters', async () => {
    const own = toTransformation(
      async (row: Row, { factor }: Row) => {
        if (row.n === 0) return undefined
        return row.n === 1 ? [row, row] : { n: Number(row.n) * Number(factor) }
      },
      { factor: 10 },
    )
    expect(numbers(await run(own, numbered(3)))).toEqual([1, 1, 20])
  })

  test('an object changes row by row or sees all rows', async () => {
    const perRow = { transform: (row: Row) => ({ n: Number(row.n) + 1 }) }
    expect(numbers(await run(toTransformation(perRow), numbered(2)))).toEqual([1, 2])
    const all = {
      async *transformRows(rows: AsyncIterable<Row>) {
        let sum = 0
        for await (const row of rows) sum += Number(row.n)
        yield { n: sum }
      },
    }
    expect(numbers(await run(toTransformation(all), numbered(4)))).toEqual([6])
  })

  test('a class is made once and keeps its state', async () => {
    class Counting {
      #seen = 0
      transform(row: Row) {
        this.#seen += 1
        return { ...row, seen: this.#seen }
      }
    }
    expect((await run(toTransformation(Counting), numbered(3))).map((row) => row.seen)).toEqual([1, 2, 3])
  })

  test('what it throws passes through, the same object', async () => {
    const failure = new Error('mine')
    const own = toTransformation(() => {
      throw failure
    })
    await expect(run(own, numbered(1))).rejects.toBe(failure)
  })

  test('what gives no row, and what is no transformation, is refused by name', async () => {
    const textual = toTransformation({ name: 'shout', transform: () => 'text' })
    await expect(run(textual, numbered(1))).rejects.toThrow(/shout: expected a row.*found a string/)
    expect(() => toTransformation(7)).toThrow(/expected a function .* found a number/)
  })
})
