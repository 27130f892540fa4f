import { SygraError } from '../../errors.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { nowMs, utcOffsetMinutes } from '../../runtime/clock.ts'
import { eventsOfDeath, foldLedger, type LedgerFold } from '../../runtime/fold-ledger.ts'
import { formatMetadata, ledgerBlock } from '../../runtime/metadata-collector.ts'
import { rowChecksums, takeChecksum } from '../../runtime/row-checksums.ts'
import { metadataPathOfLedger } from '../../runtime/run-files.ts'
import { isAlive } from '../../runtime/run-owner.ts'
import { writeAtomic } from '../../runtime/write-atomic.ts'

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
  const fold = await foldLedger(ledgerPath)
  if (fold.runId === undefined) throw new SygraError('bad_metadata', `${ledgerPath} holds no run`)
  checkDead(fold, ledgerPath)
  const { totals, damagedLines, missingEntries } = fold
  for (const event of await lastEvents(fold)) totals.add(event)
  const generatedAtMs = nowMs()
  const state = { path: ledgerPath, events: fold.entries, isIncomplete: missingEntries > 0, damagedLines }
  const metadata = {
    ...summarize(totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) }),
    ledger: ledgerBlock(state),
  }
  const metadataPath = metadataPathOfLedger(ledgerPath)
  await writeAtomic(metadataPath, formatMetadata(metadata))
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
  const counts =
    plan === undefined || openRows.length === 0 ? new Map<string, number>() : await rowChecksums(plan.partPath)
  return eventsOfDeath(fold, ({ rowChecksum }) => takeChecksum(counts, rowChecksum))
}
