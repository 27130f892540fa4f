import { isRow } from '../sources/records/bad-record.ts'
import { canonicalJson } from '../sources/records/canonical-json.ts'
import type { Row } from '../sources/source.ts'
import { skipRows } from './skip-rows.ts'
import type { Transformation } from './transformation.ts'

/** How to combine neighbouring rows. */
export interface CombineOptions {
  /** Rows that make one; below 2 nothing is combined. */
  readonly combine: number
  /** Rows to step on after each combination. Default 1. */
  readonly shift?: number
  /** Rows to leave out at both ends first. */
  readonly skip?: { readonly fromBeginning?: number; readonly fromEnd?: number }
  /** Column to template: `$1` is the column's value in the first row, `$2` in the second. Other columns are left out. */
  readonly joinColumn: Readonly<Record<string, string>>
}

/** Makes one row of each window of neighbouring rows. Every full window counts, the last one too. */
export function combineRows({ combine, shift = 1, skip = {}, joinColumn }: CombineOptions): Transformation {
  const trim = skipRows({ fromStart: skip.fromBeginning ?? 0, fromEnd: skip.fromEnd ?? 0 })
  return {
    name: 'combine',
    isPure: true,
    async *apply(rows) {
      if (combine < 2) {
        yield* rows
        return
      }
      let window: Row[] = []
      let toSkip = 0
      for await (const row of trim.apply(rows)) {
        if (toSkip > 0) {
          toSkip -= 1
          continue
        }
        window.push(row)
        if (window.length < combine) continue
        yield combined(window, joinColumn)
        toSkip = Math.max(0, shift - combine)
        window = window.slice(shift)
      }
    },
  }
}

function combined(rows: readonly Row[], joinColumn: Readonly<Record<string, string>>): Row {
  return Object.fromEntries(
    Object.entries(joinColumn).map(([column, template]) => [
      column,
      // A number beyond the window stays as it is written: it may be an amount of money.
      template.replaceAll(/\$(\d+)/g, (written, number) => {
        const row = rows[Number(number) - 1]
        return row === undefined ? written : textOf(row[column])
      }),
    ]),
  )
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return isRow(value) || Array.isArray(value) ? canonicalJson(value) : String(value)
}
