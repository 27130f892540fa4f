import { existsSync } from 'node:fs'
import type { MetadataEvent } from '../metadata/event.ts'
import { type LedgerPlace, type LedgerReport, readLedger } from '../runtime/ledger-reader.ts'
import { ledgerPathOf } from '../runtime/run-files.ts'

/** The ledger of a run, from the path of its metadata file; undefined when it kept none. */
export function ledgerOf(metadataPath: string): string | undefined {
  const path = ledgerPathOf(metadataPath)
  return path !== metadataPath && existsSync(path) ? path : undefined
}

/** Reads the events of a ledger from its beginning; what only a later session needs to know is passed over. */
export function readEvents(
  ledgerPath: string,
  onEvent: (event: MetadataEvent, place: LedgerPlace) => void,
): Promise<LedgerReport> {
  return readLedger(ledgerPath, (entry, place) => {
    if (entry.type !== 'run-plan' && entry.type !== 'row-write') onEvent(entry, place)
  })
}
