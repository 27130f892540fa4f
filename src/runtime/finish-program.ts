import { existsSync } from 'node:fs'
import type { RunEnd } from '../metadata/event.ts'
import type { Metadata } from '../metadata/schema.ts'
import { summarize } from '../metadata/summary.ts'
import { nowMs, utcOffsetMinutes } from './clock.ts'
import { formatMetadata, ledgerBlock } from './collector/metadata-collector.ts'
import { readMetadata } from './files/read-metadata.ts'
import { ledgerPathOf } from './files/run-names.ts'
import { isAlive } from './files/run-owner.ts'
import { writeAtomic } from './files/write-atomic.ts'
import { eventsOfDeath, foldLedger, type LedgerFold } from './ledger/fold-ledger.ts'
import { LedgerWriter } from './ledger/ledger-writer.ts'
import { type ProcessOutcome, uncaughtReason } from './process-exit.ts'

/**
 * Finishes the account of a program that could not do so itself, because a signal ended it, or that ended otherwise than it
 * says. Whoever started the process gives its outcome; everybody else finds that it is gone. The account is given also where
 * the file cannot be written. Undefined where there is nothing to finish: the process is alive, the account is right, or it
 * is the run of a workflow, which can be taken up again.
 */
export async function finishProgram(metadataPath: string, outcome?: ProcessOutcome): Promise<Metadata | undefined> {
  const ledgerPath = ledgerPathOf(metadataPath)
  return existsSync(ledgerPath)
    ? finishFromLedger({ ledgerPath, metadataPath, outcome })
    : finishFile(metadataPath, outcome)
}

interface ProgramFiles {
  readonly ledgerPath: string
  readonly metadataPath: string
  readonly outcome: ProcessOutcome | undefined
}

async function finishFromLedger({ ledgerPath, metadataPath, outcome }: ProgramFiles): Promise<Metadata | undefined> {
  const fold = await foldLedger(ledgerPath)
  const session = fold.totals.execution.sessionsInOrder().at(-1)
  if (session?.start === undefined) return undefined
  const { environment, startedAtMs, context } = session.start
  // What a workflow wrote can be gone on with, and says so itself; its plan may have been lost.
  if (fold.plan !== undefined || context.outputPath !== undefined) return undefined
  if (session.end === undefined) {
    const isGone = outcome !== undefined || !isAlive({ pid: environment.pid, host: environment.host, startedAtMs })
    if (!isGone) return undefined
  } else if (outcome === undefined || agrees(session.end, outcome)) return undefined
  const end = endOf(fold, session.end, outcome)
  if (end === undefined) return undefined
  fold.totals.add(end)
  // Only who knows that the process is gone may number on in its ledger.
  if (outcome !== undefined) await appendTo(ledgerPath, fold, end)
  const entries = fold.entries + (outcome === undefined ? 0 : 1)
  return write(metadataPath, fold, { ledgerPath, entries })
}

function agrees(end: Pick<RunEnd, 'status' | 'reason'>, { status, reason }: ProcessOutcome): boolean {
  const isSameReason = end.reason === reason || (end.reason === uncaughtReason && status === 'failed')
  return end.status === status && isSameReason
}

function endOf(fold: LedgerFold, given: RunEnd | undefined, outcome: ProcessOutcome | undefined): RunEnd | undefined {
  const end = given ?? eventsOfDeath(fold, () => false).find((event) => event.type === 'run-end')
  return end === undefined || outcome === undefined ? end : { ...end, status: outcome.status, reason: outcome.reason }
}

async function appendTo(path: string, past: LedgerFold, end: RunEnd): Promise<void> {
  const ledger = new LedgerWriter({ path, past })
  ledger.append(end)
  await ledger.close()
}

async function write(
  metadataPath: string,
  { totals, missingEntries, damagedLines }: LedgerFold,
  { ledgerPath, entries }: { readonly ledgerPath: string; readonly entries: number },
): Promise<Metadata> {
  const generatedAtMs = nowMs()
  const state = {
    path: ledgerPath,
    events: entries,
    missingEvents: missingEntries,
    isIncomplete: missingEntries > 0,
    damagedLines,
  }
  const metadata = {
    ...summarize(totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) }),
    ledger: ledgerBlock(state),
  }
  await writeIfPossible(metadataPath, metadata)
  return metadata
}

/** Without a ledger, the last of what the process wrote of itself is all that is known. */
async function finishFile(path: string, outcome: ProcessOutcome | undefined): Promise<Metadata | undefined> {
  const metadata = await readMetadata(path)
  const { execution, generated_at, status } = metadata
  if (status === undefined || execution.output_path) return undefined
  const startedAtMs = Date.parse(execution.timing.start_time ?? '') || undefined
  const isOver = outcome !== undefined || !isAlive({ pid: execution.pid, host: execution.host, startedAtMs })
  if (
    status === 'running'
      ? !isOver
      : outcome === undefined || agrees({ status, reason: execution.reason ?? undefined }, outcome)
  )
    return undefined
  const end = outcome ?? { status: 'interrupted', reason: 'the process ended without a word' }
  const end_time = execution.timing.end_time ?? generated_at
  const finished: Metadata = {
    ...metadata,
    status: end.status,
    execution: {
      ...execution,
      timing: { ...execution.timing, end_time },
      sessions: execution.sessions?.map((session) => ({
        ...session,
        end_time: session.end_time ?? end_time,
        status: end.status,
      })),
      reason: end.reason,
    },
  }
  await writeIfPossible(path, finished)
  return finished
}

async function writeIfPossible(path: string, metadata: Metadata): Promise<void> {
  try {
    await writeAtomic(path, formatMetadata(metadata))
  } catch {}
}
