import { SygraError } from '../../../errors.ts'
import type { ReadOptions, Row } from '../source.ts'
import type { JoinPart } from './join-part.ts'
import { type HeldRows, joinColumn, joinCross, joinRandom, joinSequential } from './join-rows.ts'

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
