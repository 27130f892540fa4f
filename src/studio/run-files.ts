import type { MetadataEvent } from '../metadata/event.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { RunRow } from '../report/runs/run-row.ts'

/** How the files of runs are found and read. The studio is given it, because it knows files and never the runner. */
export interface RunFiles {
  /** The metadata files that there are now, as absolute paths in any order. */
  find(): Promise<readonly string[]>
  /** Rows of a list, without those files that are no metadata. */
  readRows(paths: readonly string[]): readonly RunRow[]
  /** @throws SygraError that says what is wrong with the file. */
  read(path: string): Promise<Metadata>
  /** The ledger that stands beside a metadata file, whether it exists or not. */
  ledgerPathOf(path: string): string
  /** How many bytes the ledgers of its workers have, which stand beside that of a run and are read with it. */
  besideBytes(ledgerPath: string): number
  /** The ledger of a run, and those of its workers as one with it. */
  openLedger(path: string): LedgerSource
}

/** A ledger that is read from its beginning and then as it grows. */
export interface LedgerSource {
  readonly readBytes: number
  /** Gives the events that were appended since it was read last. */
  read(onEvent: (event: MetadataEvent) => void): Promise<void>
  /** Gives the events that stand in a part of the file; half lines at its ends are left out. */
  readPart(
    part: { readonly start: number; readonly end: number },
    onEvent: (event: MetadataEvent) => void,
  ): Promise<void>
}
