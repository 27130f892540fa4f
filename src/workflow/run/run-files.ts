import { basename, dirname, join } from 'node:path'
import { SygraError } from '../../errors.ts'
import { nowMs } from '../../runtime/clock.ts'
import { type HeldLock, type LockResult, takeLock } from '../../runtime/files/file-lock.ts'
import { freeTimestamp, ledgerPathOf, metadataPathOf, someExist } from '../../runtime/files/run-names.ts'
import { isSurelyAlive, type RunOwner } from '../../runtime/files/run-owner.ts'
import type { RunPlan } from '../../runtime/ledger/ledger-entry.ts'
import { isCollectionEnabled } from '../../runtime/scope.ts'
import { partPathOf } from '../sinks/part-file.ts'
import type { RunOptions } from './run-options.ts'

/** Above so many records the output is JSON lines, as in the Python system: an array would be unwieldy. */
const maxArrayRecords = 25_000

/** The files of one run; they share its timestamp. */
export interface RunFiles {
  readonly directory: string
  readonly outputPath: string
  /** Where the rows are until the run ends. */
  readonly partPath: string
  readonly metadataPath: string
  readonly ledgerPath: string
  /** Failed records with their errors; made when the first one fails. */
  readonly failuresPath: string
  /** Gives the run free for other processes. */
  readonly release: () => void
  /** Puts back a lock that was removed; gives the process that has taken the run meanwhile. */
  readonly keepLock: () => RunOwner | undefined
}

/** Names the files of a run so that none of an earlier one is overwritten, and keeps other processes off them. */
export function chooseRunFiles({
  taskName,
  directory,
  recordCount,
  options,
}: {
  readonly taskName: string
  readonly directory: string
  /** How many records there are, where that is known. */
  readonly recordCount: number | undefined
  readonly options: RunOptions
}): RunFiles {
  const extension = (recordCount ?? 0) > maxArrayRecords ? 'jsonl' : 'json'
  const base = options.runName ? `${options.runName}_output` : 'output'
  const isStamped = options.outputWithTs !== false
  const outputAt = (timestamp: string) =>
    join(directory, isStamped ? `${base}_${timestamp}.${extension}` : `${base}.${extension}`)
  const metadataAt = (timestamp: string) => metadataPathOf({ directory, taskName, timestamp })
  let lock: LockResult = noLock
  const exists = (candidate: string) =>
    someExist([metadataAt(candidate), ...(isStamped ? partsOf(outputAt(candidate)) : [])])
  const isTaken = (candidate: string) => {
    if (exists(candidate)) return true
    if (options.disableMetadata || !isCollectionEnabled()) return false
    lock = takeLock(lockPathOf(outputAt(candidate)))
    if (lock.type === 'taken' && !isStamped) throw lockedError(outputAt(candidate), lock.owner)
    if (lock.type === 'taken') return true
    // A short run of another process may have come and gone since it was looked at.
    if (!exists(candidate)) return false
    lock.release()
    return true
  }
  const timestamp = freeTimestamp({ atMs: nowMs(), isTaken })
  const outputPath = outputAt(timestamp)
  const metadataPath = metadataAt(timestamp)
  return {
    directory,
    outputPath,
    partPath: partPathOf(outputPath),
    metadataPath,
    ledgerPath: ledgerPathOf(metadataPath),
    failuresPath: failuresPathOf(outputPath),
    ...holdOf(lock.type === 'held' ? lock : noLock),
  }
}

/** Where there is no metadata there is no lock either. */
const noLock: HeldLock = { type: 'held', release: () => {}, keep: () => undefined }

function holdOf({ release, keep }: HeldLock): Pick<RunFiles, 'release' | 'keepLock'> {
  return { release, keepLock: keep }
}

/** The file of the records that failed, beside the output: `output.json` → `output_failed.jsonl`. */
export function failuresPathOf(outputPath: string): string {
  return outputPath.replace(/\.jsonl?$/, '_failed.jsonl')
}

/**
 * The files of a run that is taken up again.
 *
 * @throws SygraError `run_locked` when another process has it.
 */
export function resumeRunFiles({
  plan,
  ledgerPath,
  metadataPath,
}: {
  readonly plan: RunPlan
  readonly ledgerPath: string
  readonly metadataPath: string
}): RunFiles {
  const { outputPath, partPath, failuresPath } = plan
  const hold = holdOf(lockRun(outputPath))
  return { directory: dirname(outputPath), outputPath, partPath, failuresPath, ledgerPath, metadataPath, ...hold }
}

/**
 * Keeps other processes off a run.
 *
 * @throws SygraError `run_locked` when another process has it.
 */
export function lockRun(outputPath: string): HeldLock {
  const lock = takeLock(lockPathOf(outputPath))
  if (lock.type === 'taken') throw lockedError(outputPath, lock.owner)
  return lock
}

/** True where a process has a run, or had it when it died. */
export function isLocked(outputPath: string): boolean {
  return someExist([lockPathOf(outputPath)])
}

/**
 * Refuses a run whose process is alive although its lock is gone.
 *
 * @throws SygraError `run_locked`
 */
export function refuseIfAlive(plan: RunPlan): void {
  const { owner } = plan
  if (owner === undefined || owner.pid === process.pid || !isSurelyAlive(owner)) return
  throw new SygraError(
    'run_locked',
    `${plan.outputPath} belongs to a run that goes on in process ${owner.pid}, though its lock was removed; wait for it or stop it`,
  )
}

function lockPathOf(outputPath: string): string {
  return join(dirname(outputPath), 'metadata', `${basename(outputPath).replace(/\.jsonl?$/, '')}.lock`)
}

function lockedError(outputPath: string, { pid, host }: RunOwner): SygraError {
  return new SygraError(
    'run_locked',
    `${outputPath} belongs to a run that goes on in process ${pid} on ${host ?? 'this machine'}; wait for it, stop it, or, if that machine is gone, remove ${lockPathOf(outputPath)}`,
  )
}

// The same second may have a JSON and a JSON-lines output, and a part of one that is still being written.
function partsOf(outputPath: string): readonly string[] {
  const stem = outputPath.replace(/\.jsonl?$/, '')
  return [`${stem}.json`, `${stem}.jsonl`, `${stem}.part.jsonl`]
}
