import type { LedgerAnswer } from '../../src/studio/api.ts'

/** Another one when sums over requests may be others: a sample stays what it is until the whole ledger was read. */
export function stateOfSums(ledger: LedgerAnswer | undefined): string | number | undefined {
  return ledger?.isSample ? 'sample' : ledger?.readBytes
}

/** Another one when there may be other records: they are listed as they are read, and asked for a few times until then. */
export function stateOfRecords(ledger: LedgerAnswer | undefined): string | number | undefined {
  return ledger?.isSample ? `sample ${Math.floor((4 * ledger.readBytes) / ledger.bytes)}` : ledger?.readBytes
}
