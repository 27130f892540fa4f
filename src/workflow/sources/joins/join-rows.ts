import { canonicalJson } from '../records/canonical-json.ts'
import type { Row } from '../source.ts'
import { seededRandom, shuffledIndexes } from './shuffle.ts'

/** Rows that are joined to the primary ones; all of them are held in memory. Columns carry their alias already. */
export type HeldRows = readonly Row[]

/** Joins held rows in turn: the first to the first, and from the beginning again when they run out. */
export async function* joinSequential(rows: AsyncIterable<Row>, held: HeldRows): AsyncGenerator<Row> {
  let index = 0
  for await (const row of rows) {
    yield { ...row, ...held[index % held.length] }
    index += 1
  }
}

/** Joins held rows in an order drawn from the seed; each is used once before any is used again. */
export async function* joinRandom(rows: AsyncIterable<Row>, held: HeldRows, seed: number): AsyncGenerator<Row> {
  const random = seededRandom(seed)
  let order: number[] = []
  for await (const row of rows) {
    if (order.length === 0) order = shuffledIndexes(held.length, random)
    yield { ...row, ...held[order.pop() ?? 0] }
  }
}

/** Joins every held row to every row. */
export async function* joinCross(rows: AsyncIterable<Row>, held: HeldRows): AsyncGenerator<Row> {
  for await (const row of rows) for (const other of held) yield { ...row, ...other }
}

/** Which columns must be equal; both carry their alias. */
interface JoinColumns {
  readonly primaryColumn: string
  readonly joinColumn: string
}

/**
 * Joins the held rows whose column equals the row's, one output row for each; a row without a match stays, with null in the joined
 * columns. A missing or null key matches nothing.
 */
export async function* joinColumn(rows: AsyncIterable<Row>, held: HeldRows, columns: JoinColumns): AsyncGenerator<Row> {
  const byKey = new Map<string, Row[]>()
  const nothing: Row = {}
  for (const other of held) {
    for (const column of Object.keys(other)) nothing[column] = null
    const key = keyOf(other[columns.joinColumn])
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), other])
  }
  for await (const row of rows) {
    const key = keyOf(row[columns.primaryColumn])
    const matches = key === undefined ? undefined : byKey.get(key)
    for (const other of matches ?? [nothing]) yield { ...row, ...other }
  }
}

function keyOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : canonicalJson(value)
}
