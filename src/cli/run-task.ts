import { basename } from 'node:path'
import { isAbort } from '../instrument/attempt/error-type.ts'
import type { Metadata } from '../metadata/schema.ts'
import { renderRun } from '../report/render-run.ts'
import { isNo } from '../runtime/settings.ts'
import type { WorkflowDefinition } from '../workflow/definition.ts'
import { loadTask } from '../workflow/load-task.ts'
import { findUnfinishedRun } from '../workflow/run/find-unfinished-run.ts'
import type { RunOptions, RunResult } from '../workflow/run/run-options.ts'
import { runWorkflow } from '../workflow/run/run-workflow.ts'
import { usesColors } from './colors.ts'
import { findRun } from './find-run.ts'
import { createLiveProgress } from './live-progress.ts'
import { parseBoolean } from './option-values.ts'
import { resumeCommandOf } from './resume-command.ts'
import { type RunFlags, runOptionsOf } from './run.ts'
import { renderFailures } from './run-failures.ts'
import { listenForSignals } from './run-signals.ts'
import { stoppedExitCode } from './stopped-exit-code.ts'

// See docs/reliability.md.
const failed = 1

/** Runs a task with its progress on the standard error and its tables on the standard output. */
export async function runTask(flags: RunFlags): Promise<void> {
  const definition = await loadTask(flags.task, { sourcePath: flags.source })
  const options = await withResume(runOptionsOf(flags), { flags, definition })
  let progress: { stop: () => void } | undefined
  let saveNow: ((reason: string) => void) | undefined
  const signals = listenForSignals({
    onFirst: (signal) => note(stoppingNote(signal, flags)),
    saveNow: (reason) => {
      progress?.stop()
      saveNow?.(reason)
      note(saveNow === undefined ? 'Stopped before it began.' : `Stopped at once.${resumeHint(options)}`)
    },
  })
  const onExit = (code: number) => {
    progress?.stop()
    note(`sygra: the process ended in the middle of the run. What was done is kept.${resumeHint(options)}`)
    if (code === 0) process.exitCode = failed
  }
  let result: RunResult
  try {
    result = await runWorkflow(definition, {
      ...options,
      stop: signals.stop,
      onNotice: note,
      onStart: ({ collector, recordCount, runningRequests, metadataPath, ...start }) => {
        saveNow = (reason) => {
          process.off('exit', onExit)
          start.saveNow(reason)
        }
        process.on('exit', onExit)
        if (start.doneBefore > 0) note(`Going on behind ${start.doneBefore} records that are done.`)
        // Progress is drawn from events, and there are none when metadata is off.
        const isQuiet = flags.quiet === true || metadataPath === null
        const isJson = flags.json === true
        // The view begins with this session, so it counts what this session has to do.
        const totalRecords = recordCount === undefined ? undefined : Math.max(0, recordCount - start.doneBefore)
        const live = { totalRecords, runningRequests, isQuiet, isJson, collector }
        progress = createLiveProgress({ stream: process.stderr, ...live })
      },
    })
  } catch (error) {
    const signalCode = signals.exitCode()
    if (saveNow === undefined && signalCode !== undefined && isAbort(error)) {
      note('Stopped before it began.')
      process.exitCode = signalCode
      return
    }
    if (saveNow !== undefined) note(`The run cannot go on. What was done is kept.${resumeHint(options)}`)
    throw error
  } finally {
    process.off('exit', onExit)
    signals.dispose()
    progress?.stop()
  }
  if (!flags.json) print(result, flags)
  if (result.status === 'interrupted') endInterrupted(result, signals.exitCode())
}

/** Which run is taken up. What the command line does not say goes on as it was then. */
async function withResume(
  options: RunOptions,
  { flags, definition }: { readonly flags: RunFlags; readonly definition: WorkflowDefinition },
): Promise<RunOptions> {
  const resume = resumeOf(flags.resume) ?? definition.config.data_config?.resumable ?? false
  if (resume === false) return { ...options, resume }
  const { outputDir: directory = definition.directory, retryFailed = false } = options
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

function endInterrupted({ stopped, isResumable }: RunResult, signalCode: number | undefined): void {
  const extra = stopped?.type === 'model-down' ? ['--retry-failed'] : []
  const hint = isResumable ? goOn(resumeCommandOf(process.argv.slice(2), extra, stopped?.option)) : cannotGoOn
  note(`Stopped before the end: ${stopped?.message ?? 'it was given up'}. What was done is kept.${hint}`)
  process.exitCode = signalCode ?? stoppedExitCode(stopped)
  // Work that was given up and does not end must not hold the process.
  setTimeout(() => process.exit(), 500).unref()
}

function stoppingNote(signal: string, { grace }: RunFlags): string {
  return `${signal}: no more records are taken; those in work may finish within ${grace} s. Once more stops at once.`
}

function resumeHint({ ledger, disableMetadata }: RunOptions): string {
  const isKept = ledger !== false && disableMetadata !== true && !isNo(process.env.SYGRA_LEDGER)
  return isKept ? goOn(resumeCommandOf(process.argv.slice(2))) : cannotGoOn
}

const cannotGoOn = ' It keeps no ledger, so it cannot be resumed.'

function goOn(command: string): string {
  return ` To go on:\n  ${command}`
}

function note(message: string): void {
  process.stderr.write(`${message}\n`)
}

function print(result: RunResult, flags: RunFlags): void {
  if (!flags.quiet && result.metadata !== null) printRun(result.metadata)
  process.stderr.write(renderFailures(result.failures))
  printPaths(result)
}

function printRun(metadata: Metadata): void {
  const { columns } = process.stdout
  process.stdout.write(`${renderRun(metadata, { columns, colors: usesColors(process.stdout) })}\n`)
}

function printPaths({ outputPath, processedPaths, metadataPath }: RunResult): void {
  process.stdout.write(`Output:   ${outputPath}\n`)
  for (const path of processedPaths) process.stdout.write(`          ${path}\n`)
  if (metadataPath !== null) process.stdout.write(`Metadata: ${metadataPath}\n`)
}
