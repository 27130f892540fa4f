import { existsSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, sep } from 'node:path'
import { fileTimestamp } from '../../metadata/timestamp.ts'
import { utcOffsetMinutes } from '../clock.ts'

/** The folder of a task: `examples.demo`, `tasks.examples.demo` and `demo` lie under `tasks/`; a path is itself. */
export function taskDirectory(taskName: string): string {
  const isPath = isAbsolute(taskName) || taskName.includes('/') || taskName.includes(sep) || /^\.{1,2}$/.test(taskName)
  if (isPath) return taskName
  const path = taskName.replaceAll('.', '/')
  return path.startsWith('tasks/') ? path : join('tasks', path)
}

/** The task as part of a file name: `/` and `.` become `_`. */
export function taskFileName(taskName: string): string {
  return taskName.replaceAll(/[/\\.:]/g, '_').replace(/^_+/, '') || 'task'
}

/** `<directory>/metadata/metadata_<task>_<timestamp>.json`. */
export function metadataPathOf(file: { directory: string; taskName: string; timestamp: string }): string {
  return join(file.directory, 'metadata', `metadata_${taskFileName(file.taskName)}_${file.timestamp}.json`)
}

/**
 * The timestamp that the files of a run share. A second run within the same second gets `_2`, a third `_3`, so that
 * nothing is overwritten.
 */
export function freeTimestamp({ atMs, isTaken }: { atMs: number; isTaken: (timestamp: string) => boolean }): string {
  const timestamp = fileTimestamp(atMs, utcOffsetMinutes(atMs))
  if (!isTaken(timestamp)) return timestamp
  let suffix = 2
  while (isTaken(`${timestamp}_${suffix}`)) suffix += 1
  return `${timestamp}_${suffix}`
}

/** True when any of the files exists. */
export function someExist(paths: readonly string[]): boolean {
  return paths.some((path) => existsSync(path))
}

/** The ledger that stands beside a metadata file. */
export function ledgerPathOf(metadataPath: string): string {
  const name = basename(metadataPath)
    .replace(/^metadata_/, 'ledger_')
    .replace(/\.json$/, '.jsonl')
  return join(dirname(metadataPath), name)
}

/** The metadata file that stands beside a ledger. */
export function metadataPathOfLedger(ledgerPath: string): string {
  const name = basename(ledgerPath)
    .replace(/^ledger_/, 'metadata_')
    .replace(/\.jsonl$/, '.json')
  return join(dirname(ledgerPath), name)
}

/** The ledger of a worker, beside that of its run: `ledger_demo_2026-11-01_10-00-00.w1.jsonl`. */
export function workerLedgerPathOf(ledgerPath: string, worker: string): string {
  return ledgerPath.replace(/(\.jsonl)?$/, `.${worker}.jsonl`)
}

const workerName = /\.(w\d+)\.jsonl$/

/** The worker whose ledger a file is by its name; undefined for the ledger of a run. */
export function workerOfLedger(path: string): string | undefined {
  return workerName.exec(path)?.[1]
}
