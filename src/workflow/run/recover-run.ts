import { SygraError } from '../../errors.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { nowMs, utcOffsetMinutes } from '../../runtime/clock.ts'
import { formatMetadata, ledgerBlock } from '../../runtime/collector/metadata-collector.ts'
import { metadataPathOfLedger } from '../../runtime/files/run-names.ts'
import { isAlive } from '../../runtime/files/run-owner.ts'
import { writeAtomic } from '../../runtime/files/write-atomic.ts'
import { eventsOfDeath, foldLedger, type LedgerFold } from '../../runtime/ledger/fold-ledger.ts'
import { RowChecksums } from '../../runtime/ledger/row-checksums.ts'
import { readPlan } from './past-run.ts'
import { lockRun } from './run-files.ts'

/** What was made of a ledger. */
export interface RecoveredRun {
  readonly metadataPath: string
  readonly metadata: Metadata
  readonly damagedLines: number
  readonly missingEntries: number
}

/**
 * Makes the metadata file of a run anew from its ledger: what folding the same events live would have given.
 *
 * @throws SygraError `run_locked` when the process of the run is alive, `bad_metadata` when the ledger holds no run.
 */
export async function recoverRun(ledgerPath: string): Promise<RecoveredRun> {
  const plan = await readPlan(ledgerPath)
  // The ledger of a program that was watched has no plan, and nobody takes such a run up again.
  const release = plan === undefined ? () => {} : lockRun(plan.outputPath)
  try {
    return await recoverLocked(ledgerPath)
  } finally {
    release()
  }
}

async function recoverLocked(ledgerPath: string): Promise<RecoveredRun> {
  const fold = await foldLedger(ledgerPath)
  if (fold.runId === undefined) throw new SygraError('bad_metadata', `${ledgerPath} holds no run`)
  // A run with a plan is locked by now, so nobody has it.
  if (fold.plan === undefined) checkDead(fold, ledgerPath)
  const { totals, damagedLines, missingEntries } = fold
  for (const event of await lastEvents(fold)) totals.add(event)
  const generatedAtMs = nowMs()
  const state = { path: ledgerPath, events: fold.entries, isIncomplete: missingEntries > 0, damagedLines }
  const metadata = {
    ...summarize(totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) }),
    ledger: ledgerBlock(state),
  }
  const metadataPath = metadataPathOfLedger(ledgerPath)
  await writeAtomic(metadataPath, formatMetadata(metadata), { isSynced: true })
  return { metadataPath, metadata, damagedLines, missingEntries }
}

function checkDead({ totals }: LedgerFold, ledgerPath: string): void {
  const last = totals.execution.sessionsInOrder().at(-1)
  if (last?.start === undefined || last.end !== undefined) return
  const { environment, startedAtMs } = last.start
  if (!isAlive({ pid: environment.pid, host: environment.host, startedAtMs })) return
  throw new SygraError(
    'run_locked',
    `${ledgerPath}: the run goes on in process ${environment.pid} on ${environment.host}; its metadata file is kept up to date`,
  )
}

async function lastEvents(fold: LedgerFold) {
  const { plan, openRows } = fold
  const rows = plan === undefined || openRows.length === 0 ? undefined : await RowChecksums.read(plan.partPath)
  return eventsOfDeath(fold, ({ rowChecksum }) => rows?.take(rowChecksum) ?? false)
}
