import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { Command } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import { callsInBatches } from '../metadata/sent-work.ts'
import { formatRunCost } from '../report/run/run-cost.ts'
import { formatCount, formatQuantity } from '../report/text/format-values.ts'
import { safeText } from '../report/text/safe-text.ts'
import { ledgerPathOf, metadataPathOfLedger, workerOfLedger } from '../runtime/files/run-names.ts'
import { readPlan } from '../runtime/ledger/read-plan.ts'
import { type RecoveredRun, recoverRun } from '../workflow/run/past/recover-run.ts'
import { fileOfRunId, findRun, isTask, timestampIn } from './files/find-run.ts'
import { findMetadataFiles, newestFirst, parseMetadataFileName, readHead } from './files/metadata-files.ts'
import { readRun } from './files/read-run.ts'
import { usualPlaces } from './terminal/command-line.ts'
import { isDead, nextSteps } from './terminal/next-steps.ts'
import { note } from './terminal/terminal.ts'

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

/**
 * The ledger of a run, by a ledger, a metadata or output file, a run id or its beginning, or a task, whose latest run is
 * meant; also where the metadata file is gone.
 *
 * @throws SygraError `not_found` that says what was looked for and where.
 */
export async function findLedger(reference: string, directory: string): Promise<string> {
  const path = resolve(directory, reference)
  if (/^ledger_.*\.jsonl$/.test(basename(path))) return path
  if (/^metadata_.*\.json$/.test(basename(path)) && (await isThere(ledgerPathOf(path)))) return ledgerPathOf(path)
  // The output of a run that was killed is a path that its account names, and no file yet.
  const found = (await isThere(path))
    ? await ledgerOfFile(path)
    : ((await ledgerByName(reference, directory)) ?? (await ledgerOfFile(path)))
  return found ?? ledgerPathOf(await findRun(reference, { directory }))
}

/** The places where ledgers are looked for, as those of metadata files. */
const ledgerPlaces = usualPlaces.map((pattern) => pattern.replace(/metadata_\*\.json$/, 'ledger_*.jsonl'))

/** The ledger beside an output file: it has the same timestamp, or names the file. */
async function ledgerOfFile(path: string): Promise<string | undefined> {
  const folders = [join(dirname(path), 'metadata'), dirname(path)]
  const ledgers = (await Promise.all(folders.map((folder) => latestFirst(folder, ['ledger_*.jsonl'])))).flat()
  const timestamp = timestampIn(path)
  const sameTime = ledgers.find((ledger) => fileNameOf(ledger)?.timestamp === timestamp)
  if (timestamp !== undefined && sameTime !== undefined) return sameTime
  for (const ledger of ledgers) {
    const plan = await readPlan(ledger).catch(() => undefined)
    const paths = plan === undefined ? [] : [plan.outputPath, plan.partPath, plan.failuresPath]
    if (paths.some((one) => resolve(one) === path)) return ledger
  }
  return undefined
}

async function ledgerByName(reference: string, directory: string): Promise<string | undefined> {
  const files = await latestFirst(directory, ledgerPlaces)
  const ofTask = files.find((ledger) => isTask(reference, fileNameOf(ledger)?.task))
  return ofTask ?? fileOfRunId(reference, { files, idOf: runIdIn })
}

async function runIdIn(ledger: string): Promise<string | undefined> {
  return /"runId":"([^"\\]+)"/.exec(await readHead(ledger, 4_096))?.[1]
}

function fileNameOf(ledger: string) {
  return parseMetadataFileName(metadataPathOfLedger(ledger))
}

/** Those of workers belong to the ledger that they stand beside. */
async function latestFirst(directory: string, patterns: readonly string[]): Promise<string[]> {
  const ledgers = await findMetadataFiles(directory, patterns)
  const own = ledgers.filter((ledger) => workerOfLedger(ledger) === undefined)
  return (await newestFirst(own.map(metadataPathOfLedger))).map(ledgerPathOf)
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false
}
