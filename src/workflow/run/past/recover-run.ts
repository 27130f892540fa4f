import { rm } from 'node:fs/promises'
import { SygraError } from '../../../errors.ts'
import type { Metadata } from '../../../metadata/schema.ts'
import { summarize } from '../../../metadata/summary.ts'
import { nowMs, utcOffsetMinutes } from '../../../runtime/clock.ts'
import { formatMetadata, ledgerBlock } from '../../../runtime/collector/metadata-collector.ts'
import { metadataPathOfLedger } from '../../../runtime/files/run-names.ts'
import { isAlive } from '../../../runtime/files/run-owner.ts'
import { writeAtomic } from '../../../runtime/files/write-atomic.ts'
import {
  eventsOfDeath,
  foldLedger,
  type LedgerFold,
  lostEndOf,
  withLostEnd,
} from '../../../runtime/ledger/fold-ledger.ts'
import { readPlan } from '../../../runtime/ledger/read-plan.ts'
import { RowChecksums } from '../../../runtime/ledger/row-checksums.ts'
import { lostLinesOf } from '../../../runtime/ledger/run-ledgers.ts'
import { openParts } from '../../../runtime/program/dead-processes.ts'
import { reservePathOf } from '../../../runtime/recorder/running-file.ts'
import { lockRun, refuseIfAlive } from '../run-files.ts'

/** What was made of a ledger. */
export interface RecoveredRun {
  readonly metadataPath: string
  readonly metadata: Metadata
  readonly damagedLines: number
  /** Entries that were numbered and are not there. */
  readonly missingEntries: number
  /** About what the rows have cost of which the ledger knows nothing. */
  readonly lostPicodollars: number
}

/**
 * Makes the metadata file of a run anew from its ledger: what folding the same events live would have given.
 *
 * @throws SygraError `run_locked` when the process of the run is alive, `bad_metadata` when the ledger holds no run.
 */
export async function recoverRun(ledgerPath: string): Promise<RecoveredRun> {
  const plan = await readPlan(ledgerPath)
  // The ledger of a program that was watched has no plan, and nobody takes such a run up again.
  const lock = plan === undefined ? undefined : lockRun(plan.outputPath)
  try {
    return await recoverLocked(ledgerPath)
  } finally {
    lock?.release()
  }
}

async function recoverLocked(ledgerPath: string): Promise<RecoveredRun> {
  const found = await foldLedger(ledgerPath)
  if (found.runId === undefined) throw new SygraError('bad_metadata', `${ledgerPath} holds no run`)
  // A run with a plan is locked by now, so nobody has it.
  if (found.plan === undefined) checkDead(found, ledgerPath)
  else if (!hasEnded(found)) refuseIfAlive(found.plan)
  const metadataPath = metadataPathOfLedger(ledgerPath)
  const rows = await rowsOf(found)
  const lastEvents = eventsOfDeath(found, ({ rowChecksum }) => rows?.take(rowChecksum) ?? false)
  const lost = await lostEndOf(found, metadataPath, rows?.size ?? 0)
  const fold = withLostEnd(found, lost)
  const { totals, damagedLines, missingEntries } = fold
  for (const event of lastEvents) totals.add(event)
  const lines = lostLinesOf(fold)
  const generatedAtMs = nowMs()
  const state = {
    path: ledgerPath,
    events: fold.entries,
    missingEvents: missingEntries,
    isIncomplete: lines.missingEntries > 0,
    damagedLines,
  }
  const metadata = {
    ...summarize(totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) }),
    ledger: ledgerBlock(state),
  }
  await rm(reservePathOf(metadataPath), { force: true })
  await writeAtomic(metadataPath, formatMetadata(metadata), { isSynced: true })
  return { metadataPath, metadata, ...lines, lostPicodollars: lost.picodollars }
}

function hasEnded({ totals }: LedgerFold): boolean {
  return totals.execution.sessionsInOrder().at(-1)?.end !== undefined
}

function checkDead({ totals }: LedgerFold, ledgerPath: string): void {
  if (totals.execution.processes.size > 0) {
    const { alive } = openParts(totals)
    if (alive === 0) return
    const what = alive === 1 ? 'a process of the program is' : `${alive} processes of the program are`
    throw new SygraError('run_locked', `${ledgerPath}: ${what} still there; its metadata file is kept up to date`)
  }
  const last = totals.execution.sessionsInOrder().at(-1)
  if (last?.start === undefined || last.end !== undefined) return
  const { environment, startedAtMs } = last.start
  if (!isAlive({ pid: environment.pid, host: environment.host, startedAtMs })) return
  throw new SygraError(
    'run_locked',
    `${ledgerPath}: the run goes on in process ${environment.pid} on ${environment.host}; its metadata file is kept up to date`,
  )
}

/** The rows in the part file but those of records that have ended; undefined for a run without one. */
async function rowsOf({ plan, rows, openRows }: LedgerFold): Promise<RowChecksums | undefined> {
  if (plan === undefined) return undefined
  const open = new Set(openRows.map(({ recordId }) => recordId))
  const checksums = await RowChecksums.read(plan.partPath)
  for (const [recordId, checksum] of rows) if (!open.has(recordId)) checksums.take(checksum)
  return checksums
}
