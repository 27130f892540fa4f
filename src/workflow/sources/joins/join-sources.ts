import { SygraError } from '../../../errors.ts'
import { canonicalJson } from '../records/canonical-json.ts'
import type { ReadOptions, Row } from '../source.ts'
import type { JoinPart } from './join-part.ts'

/** The sources of a join and how to read them. */
interface JoinInput extends ReadOptions {
  readonly primary: JoinPart
  readonly others: readonly JoinPart[]
  readonly seed: number
}

/** Streams the primary source and joins the others to it in their order; the others are held in memory. */
export async function* joinSources({ primary, others, seed, ...options }: JoinInput): AsyncGenerator<Row> {
  let joined: AsyncIterable<Row> = withAlias(primary.source.rows(options), primary.alias)
  for (const part of others) joined = joinPart(joined, { part, primary, held: await hold(part, options), seed })
  yield* joined
}

/** The name of a column in a joined record: `alias->column`. */
export function aliased(alias: string, column: string): string {
  return `${alias}->${column}`
}

interface Step {
  readonly part: JoinPart
  readonly primary: JoinPart
  readonly held: HeldRows
  readonly seed: number
}

function joinPart(rows: AsyncIterable<Row>, { part, primary, held, seed }: Step): AsyncIterable<Row> {
  switch (part.joinType) {
    case 'sequential':
      return joinSequential(rows, held)
    case 'random':
      return joinRandom(rows, held, seed)
    case 'cross':
      return joinCross(rows, held)
    case 'column':
      return joinColumn(rows, held, {
        primaryColumn: aliased(primary.alias, part.primaryKey ?? ''),
        joinColumn: aliased(part.alias, part.joinKey ?? ''),
      })
    case 'primary':
    case 'vstack':
      throw new Error(`${part.joinType} is not joined to another source`)
    default:
      return part.joinType satisfies never
  }
}

async function hold({ source, alias }: JoinPart, options: ReadOptions): Promise<HeldRows> {
  const held: Row[] = []
  for await (const row of withAlias(source.rows(options), alias)) held.push(row)
  if (held.length === 0)
    throw new SygraError('bad_data', `source "${alias}": there is no record to join; expected at least one`)
  return held
}

async function* withAlias(rows: AsyncIterable<Row>, alias: string): AsyncGenerator<Row> {
  for await (const row of rows) {
    yield Object.fromEntries(Object.entries(row).map(([column, value]) => [aliased(alias, column), value]))
  }
}

/** Rows that are joined to the primary ones; all of them are held in memory. Columns carry their alias already. */
type HeldRows = readonly Row[]

/** Joins held rows in turn: the first to the first, and from the beginning again when they run out. */
async function* joinSequential(rows: AsyncIterable<Row>, held: HeldRows): AsyncGenerator<Row> {
  let index = 0
  for await (const row of rows) {
    yield { ...row, ...held[index % held.length] }
    index += 1
  }
}

/** Joins held rows in an order drawn from the seed; each is used once before any is used again. */
async function* joinRandom(rows: AsyncIterable<Row>, held: HeldRows, seed: number): AsyncGenerator<Row> {
  const random = seededRandom(seed)
  let order: number[] = []
  for await (const row of rows) {
    if (order.length === 0) order = shuffledIndexes(held.length, random)
    yield { ...row, ...held[order.pop() ?? 0] }
  }
}

/** Joins every held row to every row. */
async function* joinCross(rows: AsyncIterable<Row>, held: HeldRows): AsyncGenerator<Row> {
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
async function* joinColumn(rows: AsyncIterable<Row>, held: HeldRows, columns: JoinColumns): AsyncGenerator<Row> {
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

/** A source of numbers in [0, 1), the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The numbers 0 to `count` - 1 in an order drawn from the seed. */
function shuffledIndexes(count: number, random: () => number): number[] {
  const indexes = Array.from({ length: count }, (_, index) => index)
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const [left = at, right = other] = [indexes[at], indexes[other]]
    indexes[at] = right
    indexes[other] = left
  }
  return indexes
}
