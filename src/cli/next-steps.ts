import { existsSync } from 'node:fs'
import type { Metadata } from '../metadata/schema.ts'
import { ledgerPathOf } from '../runtime/files/run-names.ts'
import { isAlive } from '../runtime/files/run-owner.ts'
import { findTask } from '../workflow/load-task.ts'
import { readPlan } from '../workflow/run/past-run.ts'
import { commandLine, runReference } from './command-line.ts'

type RunState = Pick<Metadata, 'run_id' | 'status' | 'execution' | 'aggregate_statistics'>

/** True when a run says that it is running and its process is gone. */
export function isDead({ status, execution }: Pick<RunState, 'status' | 'execution'>): boolean {
  if (status !== 'running') return false
  const startedAtMs = Date.parse(execution.sessions?.at(-1)?.start_time ?? execution.timing.start_time ?? '')
  return !isAlive({ pid: execution.pid, host: execution.host, startedAtMs: startedAtMs || undefined })
}

/** What can be done about a run that did not come to its end, each command alone on its line; empty when nothing can. */
export async function nextSteps(metadata: RunState, path: string): Promise<string> {
  const isGone = isDead(metadata)
  if (!isGone && metadata.status !== 'interrupted' && metadata.status !== 'failed') return ''
  const ledger = ledgerPathOf(path)
  const { pid, host } = metadata.execution
  const death = `This run is dead: its process, ${pid} on ${host}, ended without a word.`
  if (!existsSync(ledger)) return isGone ? `${death} It kept no ledger to recover it from.\n` : ''
  const run = runReference({ path, runId: metadata.run_id })
  const recover = isGone ? step('Bring its metadata up to date:', commandLine(['recover', run])) : []
  const resume = (await isResumable(ledger)) ? step('Go on with the run:', resumeStep(metadata, run)) : []
  if (recover.length + resume.length === 0) return ''
  return `${[...(isGone ? [death] : []), ...recover, ...resume].join('\n')}\n`
}

function step(what: string, command: string): string[] {
  return [what, `  ${command}`]
}

async function isResumable(ledger: string): Promise<boolean> {
  return (await readPlan(ledger).catch(() => undefined)) !== undefined
}

function resumeStep({ execution: { task_name: task }, aggregate_statistics: { cost } }: RunState, run: string): string {
  const simulate = cost.status === 'simulated' ? ['--simulate'] : []
  if (findTask(task) === undefined) return `workflow.run({ resume: '${run}' })`
  return commandLine(['run', '--task', task, '--resume', run, ...simulate])
}
