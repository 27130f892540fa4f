import { SygraError } from '../../errors.ts'
import type { Row } from '../sources/source.ts'
import type { Transformation } from './transformation.ts'

/** Rows from `start` up to, not including, `end`; a negative number counts from the last row, no end means up to it. */
interface SkipRange {
  readonly start: number
  readonly end?: number
}

/** Reads ranges written as in Python, `[:10], [-10:], [20:30]`. */
function parseSkipRanges(text: string): SkipRange[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.map((part) => {
    const found = /^\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]$/.exec(part)
    if (found === null) {
      throw new SygraError(
        'bad_config',
        `skip: "${part}" is not a range; write [start:end], such as [:10] or [-10:], separated by commas`,
      )
    }
    const [, start = '', end = ''] = found
    return { start: Number(start), ...(end !== '' && { end: Number(end) }) }
  })
}

/** True when the row at an index lies in a range. A length of infinity stands for "the end is further away than any range reaches". */
function isInRange({ start, end }: SkipRange, index: number, length: number): boolean {
  const from = start < 0 ? length + start : start
  const to = end === undefined ? length : end < 0 ? length + end : end
  return index >= from && index < to
}

/** How far from the last row the ranges reach: rows to hold until the end is known. */
function reachFromEnd(ranges: readonly SkipRange[]): number {
  return Math.max(0, ...ranges.flatMap(({ start, end }) => [-start, -(end ?? 0)]))
}

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
