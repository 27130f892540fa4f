import type { MetadataEvent } from '../../metadata/event.ts'
import type { ColumnDescription, Row } from './column.ts'

/** A table whose rows are made of the events of ledgers. */
export interface LedgerTable {
  readonly columns: readonly ColumnDescription[]
  /** Begins to read one ledger. */
  readonly begin: () => LedgerRows
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
  readonly atMs: number
}
