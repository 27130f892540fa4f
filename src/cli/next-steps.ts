import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Metadata } from '../metadata/schema.ts'
import { ledgerPathOf, taskDirectory } from '../runtime/run-files.ts'
import { isAlive } from '../runtime/run-owner.ts'
import { readPlan } from '../workflow/run/past-run.ts'
import { commandLine } from './resume-command.ts'

type RunState = Pick<Metadata, 'status' | 'execution' | 'aggregate_statistics'>

/** True when a run says that it is running and its process is gone. */
export function isDead({ status, execution }: Pick<RunState, 'status' | 'execution'>): boolean {
  if (status !== 'running') return false
  const startedAtMs = Date.parse(execution.sessions?.at(-1)?.start_time ?? execution.timing.start_time ?? '')
  return !isAlive({ pid: execution.pid, host: execution.host, startedAtMs: startedAtMs || undefined })
}

/** What can be done about a run that did not come to its end; empty when there is nothing to say. */
export async function nextSteps(metadata: RunState, path: string): Promise<string> {
  const isGone = isDead(metadata)
  if (!isGone && metadata.status !== 'interrupted' && metadata.status !== 'failed') return ''
  const ledger = ledgerPathOf(path)
  const { pid, host } = metadata.execution
  const died = isGone ? [`This run is dead: its process, ${pid} on ${host}, ended without a word.`] : []
  if (!existsSync(ledger)) return isGone ? `${died.join('')} It kept no ledger to recover it from.\n` : ''
  const file = relative('.', path)
  const recover = isGone ? [`  ${commandLine(['recover', file])}   brings this account up to date`] : []
  const resume = (await isResumable(ledger)) ? [resumeStep(metadata, file)] : []
  if (recover.length + resume.length === 0) return ''
  return `${[...died, ...recover, ...resume].join('\n')}\n`
}

async function isResumable(ledger: string): Promise<boolean> {
  return (await readPlan(ledger).catch(() => undefined)) !== undefined
}

function resumeStep(
  { execution: { task_name: task }, aggregate_statistics: { cost } }: RunState,
  file: string,
): string {
  const isTask = existsSync(join(taskDirectory(task), 'graph_config.yaml'))
  const simulate = cost.status === 'simulated' ? ['--simulate'] : []
  const args = ['run', '--task', task, '--resume', file, ...simulate]
  const how = isTask ? commandLine(args) : `workflow.run({ resume: '${file}' })`
  return `  ${how}   goes on with the run`
}
