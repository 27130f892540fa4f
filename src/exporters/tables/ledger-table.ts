import type { MetadataEvent } from '../../metadata/event.ts'
import { type Column, type ColumnDescription, columnsOf, type Row } from './column.ts'

/** A table whose rows are made of the events of ledgers. */
export interface LedgerTable {
  readonly columns: readonly ColumnDescription[]
  /** Begins to read one ledger. */
  readonly begin: () => LedgerRows
}

/** Which line of which ledger a row is from. */
export function ledgerColumns<Fact>(placeOf: (fact: Fact) => EventPlace | undefined): readonly Column<Fact>[] {
  const column = columnsOf<Fact>()
  return [
    column.integer('ledger_line', 'The line of the ledger that says so.', (fact) => placeOf(fact)?.lineNumber),
    column.text(
      'ledger_worker',
      'Whose ledger that is, where the run has workers; empty: that of the run.',
      (fact) => placeOf(fact)?.worker,
    ),
  ]
}

/** Gives the rows of one ledger as its events come; memory does not grow with its length. */
export interface LedgerRows {
  /** Where it is there, it sees all events before `take` sees the first. */
  readonly scan?: (event: MetadataEvent, place: EventPlace) => void
  readonly take: (event: MetadataEvent, place: EventPlace) => readonly Row[]
  /** The rows of what has no end in the ledger. */
  readonly end: () => readonly Row[]
}

/** Where an event stands in its ledger, and when it was written. */
export interface EventPlace {
  /** Number of the line, from 1. */
  readonly lineNumber: number
  /** The worker whose ledger it stands in; undefined for that of the run. */
  readonly worker?: string
  readonly atMs: number
}
