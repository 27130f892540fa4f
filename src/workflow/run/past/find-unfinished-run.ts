import { existsSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { readMetadata } from '../../../runtime/files/read-metadata.ts'
import { metadataPathOfLedger, taskFileName } from '../../../runtime/files/run-names.ts'
import { isEvent } from '../../../runtime/ledger/ledger-entry.ts'
import { readLedger } from '../../../runtime/ledger/ledger-reader.ts'

/** What tells a workflow stands among the first lines. */
const headBytes = 1024 * 1024

interface FindOptions {
  /** The folder of the output. */
  readonly directory: string
  readonly taskName: string
  /** A run that came to its end with failed records is wanted too. */
  readonly retryFailed: boolean
}

/** The ledger of the newest run of a task in a folder that has something left to do; undefined when there is none. */
export async function findUnfinishedRun({
  directory,
  taskName,
  retryFailed,
}: FindOptions): Promise<string | undefined> {
  const folder = join(directory, 'metadata')
  for (const name of ledgersIn(folder, taskName)) {
    const path = join(folder, name)
    if (!(await isFinished(path, retryFailed)) && (await holdsWorkflow(path))) return path
  }
  return undefined
}

/**
 * True for the ledger of a workflow's run, also where the line of its plan is damaged: such a run is refused in so many
 * words, where a new one in its place would do everything again. A watched program may have the name of a task.
 */
async function holdsWorkflow(ledgerPath: string): Promise<boolean> {
  let isWorkflow = false
  await readLedger(
    ledgerPath,
    (entry) => {
      isWorkflow ||= !isEvent(entry)
      isWorkflow ||= entry.type === 'run-start' && entry.context.configHash !== undefined
    },
    { maxBytes: headBytes },
  )
  return isWorkflow
}

/** The names of a task's ledgers, the newest first. */
function ledgersIn(folder: string, taskName: string): string[] {
  if (!existsSync(folder)) return []
  const start = `ledger_${taskFileName(taskName)}_`
  const timestampOf = (name: string) => name.slice(start.length, -'.jsonl'.length)
  return (
    readdirSync(folder)
      .filter((name) => name.startsWith(start) && /^\d[\d_-]+\.jsonl$/.test(name.slice(start.length)))
      // The tenth run of a second comes after the ninth.
      .sort((a, b) => timestampOf(b).localeCompare(timestampOf(a), 'en', { numeric: true }))
  )
}

async function isFinished(ledgerPath: string, retryFailed: boolean): Promise<boolean> {
  const path = metadataPathOfLedger(ledgerPath)
  try {
    if ((await statusIn(path)) !== 'complete') return false
    return !retryFailed || (await readMetadata(path)).aggregate_statistics.records.total_failed === 0
  } catch {
    // Its ledger knows.
    return false
  }
}

/** The status stands near the beginning of a metadata file; a task may have thousands of runs. */
async function statusIn(path: string): Promise<string | undefined> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0)
    return /\n {2}"status": "(\w+)"/.exec(buffer.toString('utf8', 0, bytesRead))?.[1]
  } finally {
    await file.close()
  }
}
