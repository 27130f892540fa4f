import { existsSync } from 'node:fs'
import type { Metadata } from '../metadata/schema.ts'
import { formatMetadata } from './collector/metadata-collector.ts'
import { readMetadata } from './files/read-metadata.ts'
import { ledgerPathOf } from './files/run-names.ts'
import { isAlive } from './files/run-owner.ts'
import { writeAtomic } from './files/write-atomic.ts'
import type { ProcessOutcome } from './process-exit.ts'
import { withoutWord } from './program/dead-processes.ts'
import { finishAccount, SharedAccount } from './program/shared-account.ts'

/**
 * Finishes the account of a program whose processes could not do so themselves, because signals ended them; of one that goes
 * on, brings it up to date. The account is given also where the file cannot be written. Undefined where there is nothing to
 * do: the run is that of a workflow, which can be taken up again, or its only process is alive.
 */
export async function finishProgram(metadataPath: string): Promise<Metadata | undefined> {
  return existsSync(ledgerPathOf(metadataPath)) ? finishFromLedgers(metadataPath) : finishFile(metadataPath, undefined)
}

async function finishFromLedgers(metadataPath: string): Promise<Metadata | undefined> {
  const account = new SharedAccount(metadataPath)
  await account.refresh()
  // What a workflow wrote can be gone on with, and says so itself.
  if (account.totals.execution.processes.size === 0) return undefined
  return finishAccount(account, metadataPath)
}

/** The outcome of a process, where a file says otherwise or nothing yet. */
export async function finishFile(path: string, outcome: ProcessOutcome | undefined): Promise<Metadata | undefined> {
  const metadata = await readMetadata(path)
  const { execution, generated_at, status } = metadata
  if (status === undefined || execution.output_path) return undefined
  const startedAtMs = Date.parse(execution.timing.start_time ?? '') || undefined
  const isOver = outcome !== undefined || !isAlive({ pid: execution.pid, host: execution.host, startedAtMs })
  const isRight = outcome === undefined || (outcome.status === status && outcome.reason === execution.reason)
  if (status === 'running' ? !isOver : isRight) return undefined
  const end = outcome ?? { status: 'interrupted', reason: withoutWord }
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
  await writeAtomic(path, formatMetadata(finished)).catch(() => {})
  return finished
}
