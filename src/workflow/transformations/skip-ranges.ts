import { SygraError } from '../../errors.ts'

/** Rows from `start` up to, not including, `end`; a negative number counts from the last row, no end means up to it. */
export interface SkipRange {
  readonly start: number
  readonly end?: number
}

/** Reads ranges written as in Python, `[:10], [-10:], [20:30]`. */
export function parseSkipRanges(text: string): SkipRange[] {
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
export function isInRange({ start, end }: SkipRange, index: number, length: number): boolean {
  const from = start < 0 ? length + start : start
  const to = end === undefined ? length : end < 0 ? length + end : end
  return index >= from && index < to
}

/** How far from the last row the ranges reach: rows to hold until the end is known. */
export function reachFromEnd(ranges: readonly SkipRange[]): number {
  return Math.max(0, ...ranges.flatMap(({ start, end }) => [-start, -(end ?? 0)]))
}
