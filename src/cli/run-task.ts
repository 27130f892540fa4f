import type { Metadata } from '../metadata/schema.ts'
import { renderRun } from '../report/render-run.ts'
import { loadTask } from '../workflow/load-task.ts'
import type { RunResult } from '../workflow/run/run-options.ts'
import { runWorkflow } from '../workflow/run/run-workflow.ts'
import { usesColors } from './colors.ts'
import { createLiveProgress } from './live-progress.ts'
import { type RunFlags, runOptionsOf } from './run.ts'
import { renderFailures } from './run-failures.ts'

/** Runs a task with its progress on the standard error and its tables on the standard output. */
export async function runTask(flags: RunFlags): Promise<void> {
  const definition = await loadTask(flags.task)
  let progress: { stop: () => void } | undefined
  let result: RunResult
  try {
    result = await runWorkflow(definition, {
      ...runOptionsOf(flags),
      onStart: ({ collector, recordCount: totalRecords, runningRequests, metadataPath }) => {
        // Progress is drawn from events, and there are none when metadata is off.
        const isQuiet = flags.quiet === true || metadataPath === null
        const isJson = flags.json === true
        const live = { totalRecords, runningRequests, isQuiet, isJson, collector }
        progress = createLiveProgress({ stream: process.stderr, ...live })
      },
    })
  } finally {
    progress?.stop()
  }
  if (flags.json) return
  if (!flags.quiet && result.metadata !== null) printRun(result.metadata)
  process.stderr.write(renderFailures(result.failures))
  printPaths(result)
}

function printRun(metadata: Metadata): void {
  const { columns } = process.stdout
  process.stdout.write(`${renderRun(metadata, { columns, colors: usesColors(process.stdout) })}\n`)
}

function printPaths({ outputPath, metadataPath }: RunResult): void {
  process.stdout.write(`Output:   ${outputPath}\n`)
  if (metadataPath !== null) process.stdout.write(`Metadata: ${metadataPath}\n`)
}
