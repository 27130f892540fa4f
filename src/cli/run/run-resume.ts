import { basename } from 'node:path'
import { outputDirectoryOf, type WorkflowDefinition } from '../../workflow/define-workflow.ts'
import type { RunOptions } from '../../workflow/run/run-options.ts'
import { findRun } from '../files/find-run.ts'
import { parseBoolean } from '../terminal/option-values.ts'
import { note } from '../terminal/terminal.ts'
import type { RunFlags } from './run-flags.ts'

/** Which run is taken up. What the command line does not say goes on as it was then. */
export async function withResume(
  options: RunOptions,
  { flags, definition }: { readonly flags: RunFlags; readonly definition: WorkflowDefinition },
): Promise<RunOptions> {
  const resume = resumeOf(flags.resume) ?? definition.config.data_config?.resumable ?? false
  if (resume === false) return { ...options, resume }
  const { findUnfinishedRun } = await import('../../workflow/run/past/find-unfinished-run.ts')
  const { outputDir: directory = outputDirectoryOf(definition), retryFailed = false } = options
  const path =
    typeof resume === 'string'
      ? await runNamed(resume)
      : await findUnfinishedRun({ directory, taskName: definition.taskName, retryFailed })
  if (path === undefined) {
    if (flags.resume !== undefined) note('There is no unfinished run of this task here: a new one begins.')
    return { ...options, resume }
  }
  const { numRecords, startIndex } = options
  const isGiven = (name: string) => flags.given.has(name)
  return {
    ...options,
    resume: path,
    numRecords: isGiven('numRecords') ? numRecords : undefined,
    startIndex: isGiven('startIndex') ? startIndex : undefined,
  }
}

/** A ledger is itself: its metadata file may be gone. */
async function runNamed(reference: string): Promise<string> {
  return /^ledger_.*\.jsonl$/.test(basename(reference)) ? reference : findRun(reference, { directory: process.cwd() })
}

function resumeOf(text: string | boolean | undefined): boolean | string | undefined {
  if (typeof text !== 'string') return text
  try {
    return parseBoolean(text)
  } catch {
    return text
  }
}
