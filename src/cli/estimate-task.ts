import { join } from 'node:path'
import type { Metadata } from '../metadata/schema.ts'
import { estimateSections } from '../report/estimate-sections.ts'
import { renderSections } from '../report/render-sections.ts'
import { taskFileName } from '../runtime/run-files.ts'
import { estimateRun } from '../workflow/estimate/estimate-run.ts'
import { loadTask } from '../workflow/load-task.ts'
import { usesColors } from './colors.ts'
import type { EstimateFlags } from './estimate.ts'
import { findMetadataFiles, newestFirst, parseMetadataFileName } from './metadata-files.ts'
import { readRun } from './read-run.ts'

/** Old runs say less of the next one, and reading them takes time. */
const mostPastRuns = 5

/** Prints what a run of a task is expected to cost; nothing is sent. */
export async function estimateTask(flags: EstimateFlags): Promise<void> {
  const definition = await loadTask(flags.task, { sourcePath: flags.source })
  const { numRecords, startIndex, onBadRecord, answerTokens } = flags
  const isRehearsal = flags.simulate !== undefined && flags.simulate !== false
  const pastRuns = await pastRunsOf(flags.outputDir ?? definition.directory, definition.taskName)
  const options = { numRecords, startIndex, onBadRecord, answerTokens, isRehearsal, pastRuns }
  const estimate = await estimateRun(definition, options)
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(estimate, null, 2)}\n`)
    return
  }
  const { columns } = process.stdout
  const text = renderSections(estimateSections(estimate), { columns, colors: usesColors(process.stdout) })
  process.stdout.write(`${text}\n`)
}

/** The newest runs of a task that ended with records; what cannot be read says nothing. */
async function pastRunsOf(directory: string, taskName: string): Promise<Metadata[]> {
  const files = await findMetadataFiles(join(directory, 'metadata'), ['metadata_*.json'])
  const ofTask = files.filter((path) => parseMetadataFileName(path)?.task === taskFileName(taskName))
  const runs: Metadata[] = []
  for (const path of await newestFirst(ofTask)) {
    const run = await readRun(path).catch(() => undefined)
    if (run !== undefined && run.aggregate_statistics.records.total_processed > 0) runs.push(run)
    if (runs.length >= mostPastRuns) break
  }
  return runs
}
