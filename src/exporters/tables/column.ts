/** What the cells of a column are. */
export type CellKind = keyof CellValues

/** How a cell of each kind is given; null where a value is not known, which is not zero. */
interface CellValues {
  readonly text: string
  readonly integer: number
  readonly boolean: boolean
  /** Seconds, exact to the microsecond. */
  readonly seconds: number
  /** Integer picodollars (1e-12 USD), so that no amount passes through a float. */
  readonly usd: bigint
  /** Microseconds since 1970, UTC. */
  readonly timestamp: number
}

export type Cell = CellValues[CellKind] | null

/** One row: a cell for each column, in their order. */
export type Row = readonly Cell[]

/** A column of a table whose rows are made of facts of one kind. */
export interface Column<Fact> {
  readonly name: string
  readonly kind: CellKind
  /** What it is, as one sentence. */
  readonly sentence: string
  readonly cell: (fact: Fact) => Cell
}

/** What a table says of its columns, whatever its rows are made of. */
export type ColumnDescription = Pick<Column<never>, 'name' | 'kind' | 'sentence'>

/** Makes a column of one kind: `column.text('model', 'The model as the caller named it.', ({ model }) => model)`. */
export function columnsOf<Fact>() {
  const of =
    <Kind extends CellKind>(kind: Kind) =>
    (name: string, sentence: string, read: (fact: Fact) => CellValues[Kind] | null | undefined): Column<Fact> => ({
      name,
      kind,
      sentence,
      cell: (fact) => read(fact) ?? null,
    })
  return {
    text: of('text'),
    integer: of('integer'),
    boolean: of('boolean'),
    seconds: of('seconds'),
    usd: of('usd'),
    timestamp: of('timestamp'),
  }
}

export function rowOf<Fact>(columns: readonly Column<Fact>[], fact: Fact): Row {
  return columns.map(({ cell }) => cell(fact))
}

/** Milliseconds since 1970 as a cell of a `timestamp` column. */
export function timestampOf(atMs: number): number {
  return Math.round(atMs * 1000)
}

/** Seconds as a cell of a `seconds` column; what is no duration is not known. */
export function secondsOf(seconds: number | undefined): number | null {
  return seconds !== undefined && seconds >= 0 && Number.isFinite(seconds) ? Math.round(seconds * 1e6) / 1e6 : null
}
