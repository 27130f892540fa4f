import { existsSync } from 'node:fs'
import type { Metadata } from '../../metadata/schema.ts'
import { runOwners } from '../../report/runs/run-owners.ts'
import { ledgerPathOf } from '../../runtime/files/run-names.ts'
import { isAlive } from '../../runtime/files/run-owner.ts'
import type { LedgerEntry } from '../../runtime/ledger/ledger-entry.ts'
import { readLedger } from '../../runtime/ledger/ledger-reader.ts'
import { readPlan } from '../../runtime/ledger/read-plan.ts'
import type { NextSteps } from '../../studio/run-files.ts'
import { findTask } from '../../workflow/find-task.ts'
import { commandLine, runReference } from './command-line.ts'

type RunState = Pick<Metadata, 'run_id' | 'status' | 'execution' | 'aggregate_statistics'>

/** True when a run says that it is running and its process is gone. */
export function isDead({ status, execution }: Pick<RunState, 'status' | 'execution'>): boolean {
  if (status !== 'running') return false
  return !runOwners(execution).some(isAlive)
}

/** What can be done about a run that did not come to its end, each command alone on its line; empty when nothing can. */
export async function nextSteps(metadata: RunState, path: string): Promise<string> {
  const { note, steps } = await stepsOf(metadata, path)
  const lines = [...(note === undefined ? [] : [note]), ...steps.flatMap(({ what, command }) => [what, `  ${command}`])]
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** The same, step by step. */
export async function stepsOf(metadata: RunState, path: string): Promise<NextSteps> {
  const isGone = isDead(metadata)
  if (!isGone && metadata.status !== 'interrupted' && metadata.status !== 'failed') return { steps: [] }
  const ledger = ledgerPathOf(path)
  const { pid, host } = metadata.execution
  const death = `This run is dead: its process, ${pid} on ${host}, ended without a word.`
  if (!existsSync(ledger))
    return isGone ? { note: `${death} It kept no ledger to recover it from.`, steps: [] } : { steps: [] }
  const run = runReference({ path, runId: metadata.run_id })
  const recover = { what: 'Bring its metadata up to date:', command: commandLine(['recover', run]) }
  const resume = async () => ({ what: 'Go on with the run:', command: await resumeStep({ metadata, run, ledger }) })
  return {
    ...(isGone ? { note: death } : {}),
    steps: [...(isGone ? [recover] : []), ...((await isResumable(ledger)) ? [await resume()] : [])],
  }
}

async function isResumable(ledger: string): Promise<boolean> {
  return (await readPlan(ledger).catch(() => undefined)) !== undefined
}

async function resumeStep({
  metadata,
  run,
  ledger,
}: {
  readonly metadata: RunState
  readonly run: string
  readonly ledger: string
}): Promise<string> {
  const { task_name: task } = metadata.execution
  if (findTask(task) === undefined) return `workflow.run({ resume: '${run}' })`
  const simulate = (await isRehearsal(metadata, ledger)) ? ['--simulate'] : []
  return commandLine(['run', '--task', task, '--resume', run, ...simulate])
}

/** A rehearsal must not go on with real models. The file of a run that died may know of no request; its ledger does. */
async function isRehearsal({ aggregate_statistics: { cost } }: RunState, ledger: string): Promise<boolean> {
  if (cost.status) return cost.status === 'simulated'
  let isSimulated = false
  const look = (entry: LedgerEntry) => {
    if (entry.type === 'request-end' && entry.cost?.status === 'simulated') isSimulated = true
  }
  await readLedger(ledger, look, { maxBytes: lookedAtBytes }).catch(() => undefined)
  return isSimulated
}

/** The first requests of a run are in the beginning of its ledger. */
const lookedAtBytes = 4_000_000
