import { RunTotals } from '../../metadata/run-totals.ts'
import { isEvent } from './ledger-entry.ts'
import { LedgerTail } from './ledger-reader.ts'

/** What other processes have written to a ledger while this one had it. */
export interface OtherWriters {
  readonly totals: RunTotals
  readonly entries: number
}

/**
 * Folds what other processes have written to a ledger behind a place in it. Ends of records are left out: what was not done
 * at that place this process does itself, and counts once.
 */
export async function readOtherWriters(
  path: string,
  { fromByte, writer }: { readonly fromByte: number; readonly writer: string },
): Promise<OtherWriters> {
  const totals = new RunTotals()
  let entries = 0
  const tail = new LedgerTail(path, fromByte)
  const take: Parameters<LedgerTail['read']>[0] = (entry, place) => {
    if (place.writer === writer) return
    entries += 1
    if (isEvent(entry) && entry.type !== 'record-end') totals.add(entry)
  }
  await tail.read(take)
  tail.end(take)
  return { totals, entries }
}
