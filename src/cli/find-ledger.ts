import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ledgerPathOf, metadataPathOfLedger, workerOfLedger } from '../runtime/files/run-names.ts'
import { readPlan } from '../runtime/ledger/read-plan.ts'
import { usualPlaces } from './command-line.ts'
import { findRun } from './find-run.ts'
import { findMetadataFiles, newestFirst, parseMetadataFileName, readHead } from './metadata-files.ts'
import { fileOfRunId, isTask, timestampIn } from './run-reference.ts'

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
export const ledgerPlaces = usualPlaces.map((pattern) => pattern.replace(/metadata_\*\.json$/, 'ledger_*.jsonl'))

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
