import type { Row } from '../sources/source.ts'

/** A step between a source and the workflow: rows in, rows out, one by one. */
export interface Transformation {
  /** Name in messages. */
  readonly name: string
  /** Makes the rows that leave from those that come; holds as few as it can. */
  readonly apply: (rows: AsyncIterable<Row>) => AsyncIterable<Row>
  /** True when each row gives exactly one: then records can be counted and passed over without it. Default false. */
  readonly isOneToOne?: boolean
  /** True for those of this package, which may run twice: they have no effect but their rows. Default false. */
  readonly isPure?: boolean
}

/** Runs rows through transformations in order. */
export function transformRows(
  rows: AsyncIterable<Row>,
  transformations: readonly Transformation[],
): AsyncIterable<Row> {
  return transformations.reduce((passed, { apply }) => apply(passed), rows)
}

/** A transformation that makes one row of each. */
export function perRow(name: string, change: (row: Row) => Row): Transformation {
  return {
    name,
    isOneToOne: true,
    isPure: true,
    async *apply(rows) {
      for await (const row of rows) yield change(row)
    },
  }
}
