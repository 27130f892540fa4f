import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Metadata } from '../metadata/schema.ts'
import { ledgerPathOf, taskDirectory } from '../runtime/run-files.ts'
import { isAlive } from '../runtime/run-owner.ts'
import { readPlan } from '../workflow/run/past-run.ts'

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

/** What the user is to put in place of a limit that was reached. */
const moreThanBefore = 'MORE'

/**
 * The command line that takes a run up again, made of the one that started it.
 *
 * @param raised a limit that must be higher for the run to go on, such as `--max-cost`; it may stand in the task alone.
 */
export function resumeCommandOf(args: readonly string[], extra: readonly string[] = [], raised?: string): string {
  const kept: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? ''
    const name = argument.split('=')[0] ?? ''
    if (name === '-r' || name === '--resume') {
      const isFollowed = !argument.includes('=') && args[index + 1] !== undefined && !args[index + 1]?.startsWith('-')
      if (isFollowed) index += 1
    } else if (raised !== undefined && name.replaceAll('_', '-') === raised) {
      if (!argument.includes('=')) index += 1
    } else if (name !== '--retry-failed' && name !== '--force') kept.push(argument)
  }
  const limit = raised === undefined ? [] : [`${raised}=${moreThanBefore}`]
  return commandLine([...kept, ...limit, '--resume', 'True', ...extra])
}

/** A call of the command line as one types it. */
export function commandLine(args: readonly string[]): string {
  return ['sygra', ...args].map(quoted).join(' ')
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}
