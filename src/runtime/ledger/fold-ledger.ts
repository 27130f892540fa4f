import type { MetadataEvent } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { type LedgerEntry, locatedPlan, type RowWrite, type RunPlan } from './ledger-entry.ts'
import { type LedgerReport, readLedger } from './ledger-reader.ts'

/** What a ledger says of its run. */
export interface LedgerFold extends LedgerReport {
  readonly totals: RunTotals
  readonly runId: string | undefined
  /** What the run was going to do, as its last session said. */
  readonly plan: RunPlan | undefined
  /** Rows that were about to be written and whose record has no end: the process died in between. */
  readonly openRows: readonly RowWrite[]
  /** How many records ended in the last session. */
  readonly sessionRecords: number
}

/** Folds a ledger; memory does not grow with its length. `onEntry` sees every entry as well. */
export async function foldLedger(path: string, onEntry?: (entry: LedgerEntry) => void): Promise<LedgerFold> {
  const totals = new RunTotals()
  const openRows = new Map<string, RowWrite>()
  let runId: string | undefined
  let plan: RunPlan | undefined
  let [session, sessionRecords] = [-1, 0]
  const report = await readLedger(path, (entry) => {
    if (entry.type === 'run-plan') plan = locatedPlan(path, entry)
    else if (entry.type === 'row-write') openRows.set(entry.recordId, entry)
    else {
      totals.add(entry)
      if (entry.type === 'run-start') {
        runId ??= entry.runId
        if (entry.session !== session) sessionRecords = 0
        session = entry.session
      }
      if (entry.type === 'record-end') {
        sessionRecords += 1
        if (entry.recordId !== undefined) openRows.delete(entry.recordId)
      }
    }
    onEntry?.(entry)
  })
  return { ...report, totals, runId, plan, openRows: [...openRows.values()], sessionRecords }
}

/**
 * The events that a process could not record because it died: the ends of records whose rows were written all the same, and
 * the end of its session. Empty for a run that ended.
 */
export function eventsOfDeath(fold: LedgerFold, isWritten: (row: RowWrite) => boolean): MetadataEvent[] {
  const ends: MetadataEvent[] = fold.openRows.filter(isWritten).map((row) => ({
    type: 'record-end',
    recordId: row.recordId,
    succeeded: true,
    durationSeconds: row.durationSeconds,
    costPicodollars: row.costPicodollars,
    repeatsFailure: row.repeatsFailure,
    repeatsSuccess: row.repeatsSuccess,
  }))
  const last = fold.totals.execution.sessionsInOrder().at(-1)
  if (last?.start === undefined || last.end !== undefined) return ends
  const { session, startedAtMs } = last.start
  const endedAtMs = Math.max(startedAtMs, fold.lastAtMs ?? startedAtMs)
  ends.push({
    type: 'run-end',
    session,
    status: 'interrupted',
    endedAtMs,
    durationSeconds: (endedAtMs - startedAtMs) / 1000,
    records: fold.sessionRecords + ends.length,
    reason: 'the process ended without a word',
  })
  return ends
}
