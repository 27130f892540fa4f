import { stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import { callsInBatches, formatRunCost } from '../report/run/run-cost.ts'
import { formatCount, formatQuantity } from '../report/text/format-values.ts'
import { safeText } from '../report/text/safe-text.ts'
import { metadataPathOfLedger, workerOfLedger } from '../runtime/files/run-names.ts'
import { type RecoveredRun, recoverRun } from '../workflow/run/recover-run.ts'
import { findLedger, ledgerPlaces } from './find-ledger.ts'
import { findMetadataFiles } from './metadata-files.ts'
import { isDead, nextSteps } from './next-steps.ts'
import { readRun } from './read-run.ts'
import { note } from './terminal.ts'

/** `sygra recover`: the metadata files of runs that died, from their ledgers. */
export function recoverCommand(): Command {
  return new Command('recover')
    .description('Rebuild the metadata file of a run that died, from its ledger. Nothing else is changed.')
    .argument(
      '[run]',
      'a ledger, a metadata or output file, a run id or a task; a directory, or nothing: every dead run there',
    )
    .action(async (run: string | undefined) => {
      const ledgers = await ledgersOf(run)
      if (ledgers.length === 0) process.stdout.write('No dead runs.\n')
      for (const ledger of ledgers) await recover(ledger)
    })
}

/** A run that cannot be recovered does not keep the others from it. */
async function recover(ledger: string): Promise<void> {
  try {
    const run = await recoverRun(ledger)
    process.stdout.write(`${textOf(run)}${await nextSteps(run.metadata, run.metadataPath)}`)
  } catch (error) {
    note(`sygra: ${safeText(messageOf(error))}`)
    process.exitCode = 1
  }
}

async function ledgersOf(run: string | undefined): Promise<string[]> {
  if (run === undefined) return deadRuns(await findMetadataFiles(process.cwd(), ledgerPlaces))
  const path = resolve(run)
  if (await isDirectory(path)) return deadRuns(await findMetadataFiles(path, ['**/ledger_*.jsonl']))
  const ledger = await findLedger(run, process.cwd())
  if (await exists(ledger)) return [ledger]
  throw new SygraError('not_found', `${ledger} does not exist: the run kept no ledger, so there is nothing to recover`)
}

/** Ledgers whose metadata file is missing, cannot be read, or says "running" though the process is gone. */
async function deadRuns(ledgers: readonly string[]): Promise<string[]> {
  const dead: string[] = []
  // Those of workers belong to the ledger that they stand beside.
  const own = ledgers.filter((ledger) => workerOfLedger(ledger) === undefined)
  for (const ledger of own.sort()) if (await isLeftBehind(ledger)) dead.push(ledger)
  return dead
}

async function isLeftBehind(ledger: string): Promise<boolean> {
  try {
    return isDead(await readRun(metadataPathOfLedger(ledger)))
  } catch {
    return true
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

function textOf({ metadata, metadataPath, damagedLines, missingEntries }: RecoveredRun): string {
  const { records, requests } = metadata.aggregate_statistics
  const waiting = callsInBatches(metadata)
  const facts = [
    `${formatCount(records.total_processed)} records`,
    `${formatCount(requests.total_requests)} requests`,
    formatRunCost(metadata),
    ...(requests.in_flight_requests ? [`${requests.in_flight_requests} requests were in flight`] : []),
    ...(waiting > 0 ? [`${formatQuantity(waiting, 'call')} handed in as batches`] : []),
    ...(damagedLines > 0 ? [`${damagedLines} damaged lines`] : []),
    ...(missingEntries > 0 ? [`${missingEntries} events lost`] : []),
  ]
  return `${relative('.', metadataPath) || join('.', metadataPath)}: ${metadata.status}, ${facts.join(', ')}\n`
}
