import { existsSync, readdirSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { eventsOfDeath, foldLedger, type LedgerFold } from '../../runtime/fold-ledger.ts'
import type { RunPlan } from '../../runtime/ledger-entry.ts'
import { checksumOf } from '../../runtime/ledger-line.ts'
import { readLedger } from '../../runtime/ledger-reader.ts'
import { readMetadata } from '../../runtime/read-metadata.ts'
import { rowChecksums, takeChecksum } from '../../runtime/row-checksums.ts'
import { ledgerPathOf, metadataPathOfLedger, taskFileName } from '../../runtime/run-files.ts'
import { openPartFile } from '../sinks/part-file.ts'
import { readPartFile } from '../sinks/read-part.ts'
import { replaceFile, writeTextFile } from '../sinks/replace-file.ts'
import { rowToJson } from '../sinks/row-json.ts'
import { DataSource } from '../sources/data-source.ts'
import { type RunFiles, resumeRunFiles } from './run-files.ts'

/** The plan is among the first lines of a ledger. */
const planBytes = 1024 * 1024

/** Makes the part file of a run that was complete, from its output, so that it can go on. */
async function restorePart({ partPath, outputPath }: RunPlan): Promise<void> {
  if (existsSync(partPath) || !existsSync(outputPath)) return
  if (outputPath.endsWith('.jsonl')) return copyFile(outputPath, partPath)
  const part = await openPartFile({ path: partPath })
  for await (const row of DataSource.disk(outputPath).rows()) await part.append(row)
  await part.close()
}

/** A run that is taken up again: what it has done so far. */
export interface PastRun {
  /** Locked for this process. */
  readonly files: RunFiles
  readonly ledgerPath: string
  readonly runId: string
  readonly plan: RunPlan
  readonly fold: LedgerFold
  /** Ids of records that need not be done again, failed ones included. */
  readonly done: Set<string>
  /** Ids of records that failed. */
  readonly failed: Set<string>
  /** What the process could not record because it died. */
  readonly lastEvents: readonly MetadataEvent[]
}

/** The newest run of a task in a folder that did not come to its end; undefined when there is none. */
export async function findUnfinishedRun(directory: string, taskName: string): Promise<string | undefined> {
  const folder = join(directory, 'metadata')
  if (!existsSync(folder)) return undefined
  const start = `ledger_${taskFileName(taskName)}_`
  const isOfTask = (name: string) => name.startsWith(start) && /^[\d_-]+\.jsonl$/.test(name.slice(start.length))
  for (const name of readdirSync(folder).filter(isOfTask).sort().reverse()) {
    const path = join(folder, name)
    if ((await statusOf(path)) !== 'complete') return path
  }
  return undefined
}

async function statusOf(ledgerPath: string): Promise<string | undefined> {
  try {
    return (await readMetadata(metadataPathOfLedger(ledgerPath))).status
  } catch {
    // Its ledger knows.
    return undefined
  }
}

/**
 * Reads what a run has done, and keeps other processes off it. Records whose rows are not in the part file any more count as
 * not done; rows of which the ledger knows nothing, because the disk was full, are taken out and made again.
 *
 * @throws SygraError `run_locked` when another process has the run; `not_found` or `bad_metadata` when there is no ledger, or
 * none of a workflow.
 */
export async function readPastRun(path: string): Promise<PastRun> {
  const ledgerPath = basename(path).endsWith('.jsonl') ? path : ledgerPathOf(path)
  const metadataPath = metadataPathOfLedger(ledgerPath)
  // Locked before it is read: what another process still appends would be missed.
  const files = resumeRunFiles({ plan: await readPlan(ledgerPath), ledgerPath, metadataPath })
  try {
    return await readLocked(files)
  } catch (error) {
    files.release()
    throw error
  }
}

async function readPlan(ledgerPath: string): Promise<RunPlan> {
  let plan: RunPlan | undefined
  try {
    await readLedger(
      ledgerPath,
      (entry) => {
        if (entry.type === 'run-plan') plan ??= entry
      },
      { maxBytes: planBytes },
    )
  } catch (error) {
    throw new SygraError(
      'not_found',
      `${ledgerPath} cannot be read (${messageOf(error)}): without its ledger a run cannot be resumed; start it anew with --resume False`,
      { cause: error },
    )
  }
  if (plan !== undefined) return plan
  throw new SygraError(
    'bad_metadata',
    `${ledgerPath} holds no run that could be resumed; start it anew with --resume False`,
  )
}

async function readLocked(files: RunFiles): Promise<PastRun> {
  const done = new Set<string>()
  const failed = new Set<string>()
  const rows = new Map<string, string>()
  const fold = await foldLedger(files.ledgerPath, (entry) => {
    if (entry.type === 'row-write') rows.set(entry.recordId, entry.rowChecksum)
    if (entry.type !== 'record-end' || entry.recordId === undefined) return
    done.add(entry.recordId)
    if (entry.succeeded) failed.delete(entry.recordId)
    else failed.add(entry.recordId)
  })
  const { plan, runId } = fold
  if (plan === undefined || runId === undefined) {
    throw new SygraError(
      'bad_metadata',
      `${files.ledgerPath} holds no run that could be resumed; start it anew with --resume False`,
    )
  }
  await restorePart(plan)
  const written = await settleRows({ plan, rows, done })
  const lastEvents = eventsOfDeath(fold, ({ recordId }) => written.has(recordId))
  return { files, ledgerPath: files.ledgerPath, runId, plan, fold, done, failed, lastEvents }
}

async function settleRows({
  plan,
  rows,
  done,
}: {
  readonly plan: RunPlan
  readonly rows: ReadonlyMap<string, string>
  readonly done: Set<string>
}): Promise<ReadonlySet<string>> {
  const written = new Set<string>()
  const counts = await rowChecksums(plan.partPath)
  for (const [recordId, checksum] of rows) {
    if (takeChecksum(counts, checksum)) {
      written.add(recordId)
      done.add(recordId)
    } else done.delete(recordId)
  }
  const unknown = new Map([...counts].filter(([, count]) => count > 0))
  if (unknown.size > 0) await removeRows(plan.partPath, unknown)
  return written
}

/** Writes a part file anew without some of its lines. */
async function removeRows(path: string, unknown: Map<string, number>): Promise<void> {
  await replaceFile(path, (temporary) =>
    writeTextFile(temporary, async (write) => {
      for await (const row of readPartFile(path)) {
        const text = rowToJson(row)
        if (!takeChecksum(unknown, checksumOf(text))) await write(`${text}\n`)
      }
    }),
  )
}
