import { basename, dirname, join } from 'node:path'
import { SygraError } from '../../errors.ts'
import { nowMs } from '../../runtime/clock.ts'
import { type LockResult, takeLock } from '../../runtime/files/file-lock.ts'
import { freeTimestamp, ledgerPathOf, metadataPathOf, someExist } from '../../runtime/files/run-names.ts'
import type { RunOwner } from '../../runtime/files/run-owner.ts'
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
  let lock: LockResult = { type: 'held', release: () => {} }
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
    release: lock.type === 'held' ? lock.release : () => {},
  }
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
  const release = lockRun(outputPath)
  return { directory: dirname(outputPath), outputPath, partPath, failuresPath, ledgerPath, metadataPath, release }
}

/**
 * Keeps other processes off a run; gives the function that ends it.
 *
 * @throws SygraError `run_locked` when another process has it.
 */
export function lockRun(outputPath: string): () => void {
  const lock = takeLock(lockPathOf(outputPath))
  if (lock.type === 'taken') throw lockedError(outputPath, lock.owner)
  return lock.release
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
