import { picodollarsOf } from '../../metadata/cost.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { totalUsdOf } from '../../metadata/totals/cost-totals.ts'
import { readMetadata } from '../files/read-metadata.ts'
import { endsOfGone, openParts } from '../program/dead-processes.ts'
import { type LedgerEntry, locatedPlan, type RowWrite, type RunPlan } from './ledger-entry.ts'
import type { LedgerPlace } from './ledger-reader.ts'
import { type RunLedgersReport, readRunLedgers } from './run-ledgers.ts'

/** What the ledger of a run says, and those of its workers; its counts of entries are those of the run's own. */
export interface LedgerFold extends RunLedgersReport {
  readonly totals: RunTotals
  readonly runId: string | undefined
  /** What the run was going to do, as its last session said. */
  readonly plan: RunPlan | undefined
  /** The checksums of the rows that were announced, or that an ended record names, by the ids of their records. */
  readonly rows: ReadonlyMap<string, string>
  /** Rows that were about to be written and whose record has no end: the process died in between. */
  readonly openRows: readonly RowWrite[]
  /** How many records ended in the last session. */
  readonly sessionRecords: number
}

/** Folds the ledgers of a run; memory does not grow with their length. `onEntry` sees every entry as well. */
export async function foldLedger(
  path: string,
  onEntry?: (entry: LedgerEntry, place: LedgerPlace) => void,
): Promise<LedgerFold> {
  const totals = new RunTotals()
  const openRows = new Map<string, RowWrite>()
  const rows = new Map<string, string>()
  let runId: string | undefined
  let plan: RunPlan | undefined
  let [session, sessionRecords] = [-1, 0]
  const report = await readRunLedgers(path, (entry, place) => {
    if (entry.type === 'run-plan') plan = locatedPlan(path, entry)
    else if (entry.type === 'row-write') {
      openRows.set(entry.recordId, entry)
      rows.set(entry.recordId, entry.rowChecksum)
    } else {
      totals.add(entry)
      if (entry.type === 'run-start') {
        runId ??= entry.runId
        if (entry.session !== session) sessionRecords = 0
        session = entry.session
      }
      if (entry.type === 'record-end') {
        sessionRecords += 1
        if (entry.recordId !== undefined) {
          openRows.delete(entry.recordId)
          // The line that announced the row may be damaged.
          if (entry.rowChecksum === '') rows.delete(entry.recordId)
          else if (entry.rowChecksum !== undefined) rows.set(entry.recordId, entry.rowChecksum)
        }
      }
    }
    onEntry?.(entry, place)
  })
  return { ...report, totals, runId, plan, rows, openRows: [...openRows.values()], sessionRecords }
}

/** What is known to be missing at the end of a ledger: the file was cut, or the disk was full. */
export interface LostEnd {
  /** At least so many entries. */
  readonly events: number
  /** Rows of which the ledger knows nothing. */
  readonly rows: number
  /** About what they have cost: that of an average record, for each of the rows. */
  readonly picodollars: number
}

/**
 * What the end of a ledger has lost, which no gap in its numbers shows: the metadata file has counted more entries, or there
 * are rows that no entry announces.
 */
export async function lostEndOf(fold: LedgerFold, metadataPath: string, unknownRows: number): Promise<LostEnd> {
  const counted = (await numberedIn(metadataPath)) - fold.entries - fold.missingEntries
  // A row is announced by one entry, and another one ends its record.
  const events = Math.max(0, counted, 2 * unknownRows - fold.missingEntries)
  const { processed } = fold.totals.records
  const spent = picodollarsOf(totalUsdOf(fold.totals.costOfAll()))
  return {
    events,
    rows: unknownRows,
    picodollars: processed === 0 ? 0 : Math.round((spent / processed) * unknownRows),
  }
}

/** A fold that counts what is known to be missing at its end: who goes on numbers behind it. */
export function withLostEnd(fold: LedgerFold, { events }: LostEnd): LedgerFold {
  return { ...fold, missingEntries: fold.missingEntries + events, lastSeq: fold.lastSeq + events }
}

/** How many entries a metadata file says were numbered; 0 for one that is not there or says nothing. */
async function numberedIn(metadataPath: string): Promise<number> {
  try {
    const { ledger } = await readMetadata(metadataPath)
    return (ledger?.events ?? 0) + (ledger?.missing_events ?? 0)
  } catch {
    return 0
  }
}

/**
 * The events that a process could not record because it died: the ends of records whose rows were written all the same, and
 * the end of its session. Empty for a run that ended.
 */
export function eventsOfDeath(fold: LedgerFold, isWritten: (row: RowWrite) => boolean): MetadataEvent[] {
  const { execution } = fold.totals
  if (execution.processes.size > 0) {
    const lastAtMs = (worker: string) => (fold.workers.get(worker) ?? fold).lastAtMs
    return [...endsOfGone(openParts(fold.totals), lastAtMs)]
  }
  const ends: MetadataEvent[] = fold.openRows.filter(isWritten).map((row) => ({
    type: 'record-end',
    recordId: row.recordId,
    succeeded: true,
    durationSeconds: row.durationSeconds,
    costPicodollars: row.costPicodollars,
    repeatsFailure: row.repeatsFailure,
    repeatsSuccess: row.repeatsSuccess,
    worker: row.worker,
  }))
  const last = fold.totals.execution.sessionsInOrder().at(-1)
  if (last?.start === undefined || last.end !== undefined) return ends
  const { session, startedAtMs } = last.start
  const endedAtMs = Math.max(startedAtMs, fold.lastAtMs ?? startedAtMs)
  for (const [worker, { start, end }] of fold.totals.workers) {
    if (end !== undefined || start === undefined) continue
    const durationSeconds = Math.max(0, endedAtMs - start.startedAtMs) / 1000
    ends.push({ type: 'worker-end', worker, endedAtMs, durationSeconds, reason: 'the run ended without a word' })
  }
  ends.push({
    type: 'run-end',
    session,
    status: 'interrupted',
    endedAtMs,
    durationSeconds: (endedAtMs - startedAtMs) / 1000,
    records: fold.sessionRecords + ends.filter(({ type }) => type === 'record-end').length,
    reason: 'the process ended without a word',
    isPresumed: true,
  })
  return ends
}
