import type { Row } from '../sources/source.ts'
import { isInRange, parseSkipRanges, reachFromEnd, type SkipRange } from './skip-ranges.ts'
import type { Transformation } from './transformation.ts'

/** What to leave out: ranges, or rows at both ends. */
export interface SkipOptions {
  /** Ranges as in Python: `[:10],[-10:]`. */
  readonly range?: string
  /** Rows at the beginning. */
  readonly fromStart?: number
  /** Rows at the end. */
  readonly fromEnd?: number
}

/** Leaves rows out by their position. Holds only as many rows as the ranges reach back from the end. */
export function skipRows({ range = '', fromStart = 0, fromEnd = 0 }: SkipOptions): Transformation {
  const ranges: SkipRange[] = parseSkipRanges(range)
  if (fromStart > 0) ranges.push({ start: 0, end: fromStart })
  if (fromEnd > 0) ranges.push({ start: -fromEnd })
  return { name: 'skip', isPure: true, apply: (rows) => skip(rows, ranges) }
}

async function* skip(rows: AsyncIterable<Row>, ranges: readonly SkipRange[]): AsyncGenerator<Row> {
  const reach = reachFromEnd(ranges)
  let held: Row[] = []
  let first = 0
  for await (const row of rows) {
    held.push(row)
    // Cut in blocks: taking single rows off the front of a long array is slow.
    if (held.length < reach * 2 + 1) continue
    const ready = held.length - reach
    for (let at = 0; at < ready; at += 1) yield* kept(held[at], first + at, Number.POSITIVE_INFINITY)
    held = held.slice(ready)
    first += ready
  }
  for (let at = 0; at < held.length; at += 1) yield* kept(held[at], first + at, first + held.length)

  function* kept(row: Row | undefined, index: number, length: number): Generator<Row> {
    if (row !== undefined && !ranges.some((range) => isInRange(range, index, length))) yield row
  }
}
