import { existsSync } from 'node:fs'
import { copyFile, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { messageOf, SygraError } from '../../../errors.ts'
import type { MetadataEvent } from '../../../metadata/event.ts'
import { fileLines } from '../../../runtime/files/file-lines.ts'
import { ledgerPathOf, metadataPathOfLedger } from '../../../runtime/files/run-names.ts'
import {
  eventsOfDeath,
  foldLedger,
  type LedgerFold,
  type LostEnd,
  lostEndOf,
  withLostEnd,
} from '../../../runtime/ledger/fold-ledger.ts'
import type { RunPlan } from '../../../runtime/ledger/ledger-entry.ts'
import { checksumOf } from '../../../runtime/ledger/ledger-line.ts'
import { readPlan } from '../../../runtime/ledger/read-plan.ts'
import { RowChecksums } from '../../../runtime/ledger/row-checksums.ts'
import { slotOfEvent } from '../../cache/answer-samples.ts'
import { replaceFile, writeTextFile } from '../../sinks/replace-file.ts'
import { rowToJson } from '../../sinks/row-json.ts'
import { DataSource } from '../../sources/data-source.ts'
import type { Row } from '../../sources/source.ts'
import { mediaFolderOf } from '../output/media-files.ts'
import { isLocked, type RunFiles, refuseIfAlive, resumeRunFiles } from '../run-files.ts'
import { BegunInVain } from './begun-in-vain.ts'
import { awaitOrphans, orphansOf } from './orphans.ts'

/** A run that is taken up again: what it has done so far. */
export interface PastRun {
  /** Locked for this process. */
  readonly files: RunFiles
  readonly ledgerPath: string
  readonly runId: string
  readonly plan: RunPlan
  readonly fold: LedgerFold
  /** Ids of records that need not be done again, failed ones included. */
  readonly done: ReadonlySet<string>
  /** Ids of records that failed. */
  readonly failed: ReadonlySet<string>
  /** How often each record has failed, whatever became of it afterwards. */
  readonly failures: ReadonlyMap<string, number>
  /** Ids of records that were done once and whose rows are gone: they are done again and count once. */
  readonly lost: ReadonlySet<string>
  /** The checksums of the rows that are in the part file, by the ids of their records. */
  readonly rows: ReadonlyMap<string, string>
  /** Which kept answers the records that are done have had, where the run keeps answers. */
  readonly slots: readonly string[]
  /** What is missing at the end of the ledger. */
  readonly lostEnd: LostEnd
  /** What the process could not record because it died. */
  readonly lastEvents: readonly MetadataEvent[]
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
  const plan = await readPlan(ledgerPath).catch((error: unknown) => {
    throw new SygraError(
      'not_found',
      `${ledgerPath} cannot be read (${messageOf(error)}): without its ledger a run cannot be resumed; start it anew with \`resume: false\``,
      { cause: error },
    )
  })
  if (plan === undefined) throw noRunIn(ledgerPath)
  const wasLocked = isLocked(plan.outputPath)
  // Locked before it is read: what another process still appends would be missed.
  const files = resumeRunFiles({ plan, ledgerPath, metadataPath: metadataPathOfLedger(ledgerPath) })
  try {
    return await readLocked(files, wasLocked)
  } catch (error) {
    files.release()
    throw error
  }
}

function noRunIn(ledgerPath: string): SygraError {
  return new SygraError(
    'bad_metadata',
    `${ledgerPath} holds no run of a workflow that could be resumed, or the lines that say what it was to do are damaged; start it anew with \`resume: false\``,
  )
}

/** How long a process that has lost its lock may take for the write that it had begun, in milliseconds. */
const lastWriteMs = 1_000

/**
 * A run that did not end and has no lock may have a process that lives: on this machine it is refused, of another machine
 * the last write is waited for, since that process stops before the next.
 */
async function awaitOwner(ledgerPath: string): Promise<void> {
  const { plan, totals } = await foldLedger(ledgerPath)
  if (plan === undefined || totals.execution.sessionsInOrder().at(-1)?.end !== undefined) return
  refuseIfAlive(plan)
  await setTimeout(lastWriteMs)
}

async function readLocked(files: RunFiles, wasLocked: boolean): Promise<PastRun> {
  const { ledgerPath } = files
  if (!wasLocked) await awaitOwner(ledgerPath)
  const first = await readEntries(files)
  if (orphansOf(first.found).length === 0) return pastRunOf(files, first)
  await awaitOrphans(first.found, ledgerPath)
  return pastRunOf(files, await readEntries(files))
}

/** What the entries of a run say of its records. */
async function readEntries({ ledgerPath }: RunFiles) {
  const ended = new Set<string>()
  const failed = new Set<string>()
  const failures = new Map<string, number>()
  /** Records that succeeded, and of which their end does not say whether they have a row. */
  const untold = new Set<string>()
  const begun = new BegunInVain()
  const slots: { readonly recordId: string; readonly slot: string }[] = []
  const found = await foldLedger(ledgerPath, (entry, { atMs }) => {
    begun.add(entry, atMs)
    const slot = entry.type === 'cache-hit' || entry.type === 'request-end' ? slotOfEvent(entry) : undefined
    if (slot !== undefined) slots.push(slot)
    if (entry.type !== 'record-end' || entry.recordId === undefined) return
    ended.add(entry.recordId)
    if (entry.succeeded && entry.rowChecksum === undefined) untold.add(entry.recordId)
    else untold.delete(entry.recordId)
    if (entry.succeeded) failed.delete(entry.recordId)
    else {
      failed.add(entry.recordId)
      failures.set(entry.recordId, (failures.get(entry.recordId) ?? 0) + 1)
    }
  })
  return { found, ended, failed, failures, untold, begun, slots }
}

async function pastRunOf(
  files: RunFiles,
  { found, ended, failed, failures, untold, begun, slots }: Awaited<ReturnType<typeof readEntries>>,
): Promise<PastRun> {
  const { ledgerPath } = files
  const { plan, runId } = found
  if (plan === undefined || runId === undefined) throw noRunIn(ledgerPath)
  const rows = new Map(found.rows)
  await removeLeftovers(files)
  await restorePart(plan)
  const lost = new Set<string>()
  const checksums = await RowChecksums.read(plan.partPath)
  for (const [recordId, checksum] of rows) {
    if (checksums.take(checksum)) continue
    rows.delete(recordId)
    // A record that failed after its row was about to be written needs no row.
    if (ended.has(recordId) && !failed.has(recordId)) lost.add(recordId)
  }
  // What announced the row of such a record may be among the lines that are gone: it is done again rather than missing.
  const isDamaged = found.damagedLines > 0 || found.missingEntries > 0
  if (isDamaged) for (const id of untold) if (!rows.has(id)) lost.add(id)
  const lostEnd = await lostEndOf(found, files.metadataPath, checksums.size)
  if (checksums.size > 0) await removeRows(plan.partPath, checksums)
  const fold = withLostEnd(found, lostEnd)
  const lastEvents = [...begun.events(), ...eventsOfDeath(fold, ({ recordId }) => rows.has(recordId))]
  const done = new Set([...ended, ...rows.keys()].filter((id) => !lost.has(id)))
  const taken = slots.flatMap(({ recordId, slot }) => (done.has(recordId) ? [slot] : []))
  const known = { plan: asStarted(plan, found), fold, done, failed, failures, lost, rows, slots: taken }
  return { files, ledgerPath, runId, ...known, lostEnd, lastEvents }
}

/** A plan as its run was extended later, where the line that said so is gone: what a session begins with says it too. */
function asStarted(plan: RunPlan, { totals }: LedgerFold): RunPlan {
  const last = totals.execution.sessionsInOrder().at(-1)?.start
  if (last === undefined || last.session <= plan.session) return plan
  return { ...plan, numRecords: last.context.numRecords }
}

/** Writes a part file anew without some of its lines. */
async function removeRows(path: string, unknown: RowChecksums): Promise<void> {
  await replaceFile(path, (temporary) =>
    writeTextFile(temporary, async (write) => {
      for await (const line of fileLines(path)) {
        if (!unknown.take(checksumOf(line))) await write(`${line.toString('utf8')}\n`)
      }
    }),
  )
}

/** Files that a process was about to put into place when it died. */
async function removeLeftovers({ metadataPath, outputPath, partPath }: RunFiles): Promise<void> {
  await removeTemporary(mediaFolderOf(outputPath), { isBelow: true })
  for (const path of [metadataPath, outputPath, partPath]) {
    await removeTemporary(dirname(path), { prefix: `${basename(path)}.` })
  }
}

/** Temporary files of a folder, or of the folders in it, by their names: those of other files may have any characters. */
async function removeTemporary(
  folder: string,
  { prefix = '', isBelow = false }: { readonly prefix?: string; readonly isBelow?: boolean },
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (isBelow && entry.isDirectory()) await removeTemporary(path, {})
    else if (!isBelow && entry.name.startsWith(prefix) && entry.name.endsWith('.tmp')) await rm(path, { force: true })
  }
}

/** Makes the part file of a run that was complete, or about to be, from its output, so that it can go on. */
async function restorePart({ partPath, outputPath }: RunPlan): Promise<void> {
  if (existsSync(partPath) || !existsSync(outputPath)) return
  // There whole or not at all: from half a part file it would follow that the other rows are lost.
  await replaceFile(partPath, (temporary) => {
    if (outputPath.endsWith('.jsonl')) return copyFile(outputPath, temporary)
    return writeTextFile(temporary, async (write) => {
      for await (const row of DataSource.disk(outputPath).rows()) await write(`${rowToJson(row)}\n`)
    })
  })
}

/** Gives the row that an earlier session made of a record; undefined when it made none. */
export type PastRows = (recordId: string) => Row | undefined

/** Reads the rows of a run's earlier sessions into memory. */
export async function readPastRows({ plan, rows }: Pick<PastRun, 'plan' | 'rows'>): Promise<PastRows> {
  const lines = new Map<string, string>()
  for await (const line of fileLines(plan.partPath)) lines.set(checksumOf(line), line.toString('utf8'))
  return (recordId) => {
    const text = lines.get(rows.get(recordId) ?? '')
    if (text === undefined) return undefined
    const row: Row = JSON.parse(text)
    return row
  }
}
