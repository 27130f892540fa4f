import { join } from 'node:path'
import { Command, Option } from 'commander'
import type { Metadata } from '../metadata/schema.ts'
import { estimateSections } from '../report/estimate/estimate-sections.ts'
import { taskFileName } from '../runtime/files/run-names.ts'
import { outputDirectoryOf } from '../workflow/define-workflow.ts'
import { findMetadataFiles, newestFirst, parseMetadataFileName } from './files/metadata-files.ts'
import { readRun } from './files/read-run.ts'
import type { PilotFlags } from './run/pilot.ts'
import {
  parseBoolean,
  parseNumber,
  parseRecordCount,
  parseShare,
  parseWholeNumber,
  recordCountOf,
} from './terminal/option-values.ts'
import { sectionsText } from './terminal/terminal.ts'

/** What `sygra estimate` was given. */
interface EstimateFlags extends PilotFlags {
  readonly answerTokens: number
  readonly pilot?: number
}

/** `sygra estimate`: what a task will cost, before it is run. */
export function estimateCommand(): Command {
  return new Command('estimate')
    .description('Tell what a task will cost: from its data without sending anything, or from a pilot of some records.')
    .optionsGroup('What is estimated:')
    .requiredOption('-t, --task <name>', 'the task: examples.demo for tasks/examples/demo, or a path')
    .option('--source <path>', "a file, or a pattern of files, in place of the task's own source")
    .option('-n, --num-records <number>', 'how many records the run will have; all by default', parseRecordCount)
    .option('--start-index <number>', 'records to pass over (-si)', parseWholeNumber(0))
    .optionsGroup('How:')
    .option('--answer-tokens <number>', 'length of an answer where earlier runs say nothing', parseNumber(1), 300)
    .option('--pilot <number>', 'does so many records, which are the beginning of the run', parseWholeNumber(1))
    .option('-b, --batch-size <number>', 'with --pilot: how many records are in work at once', parseWholeNumber(1), 25)
    .option('--output-dir <path>', "where output and metadata go; the task's folder by default (-od)")
    .option('--max-cost <usd>', 'with --pilot: what it may cost', parseNumber(0))
    .option('--allow-unpriced', 'with --max-cost: models without a price are let through')
    .addOption(
      new Option('--on-bad-record <what>', 'a record that cannot be read').choices(['skip', 'fail']).default('fail'),
    )
    .optionsGroup('Rehearsals:')
    .option('--simulate [url]', 'with --pilot: on simulated models; without: after earlier rehearsals')
    .option('--simulate-seed <number>', 'same seed, same run', parseWholeNumber(0))
    .option('--simulate-faults <rate>', 'share of requests that fail in some way', parseShare)
    .option('--simulate-speed <factor>', 'how much faster than real models', parseNumber(0))
    .optionsGroup('What is printed:')
    .option('--json', 'as JSON')
    .option('-d, --debug [boolean]', 'where errors happened', parseBoolean, false)
    .action(async (flags: EstimateFlags) => {
      if (flags.pilot === undefined) {
        await estimateTask(flags)
      } else {
        const { runPilot } = await import('./run/pilot.ts')
        await runPilot(flags, flags.pilot)
      }
    })
}

/** Old runs say less of the next one, and reading them takes time. */
const mostPastRuns = 5

/** Prints what a run of a task is expected to cost; nothing is sent. */
async function estimateTask(flags: EstimateFlags): Promise<void> {
  const { loadWholeTask } = await import('../workflow/load-whole-task.ts')
  const { estimateRun } = await import('../workflow/estimate/estimate-run.ts')
  const definition = await loadWholeTask(flags.task, { sourcePath: flags.source, needsKeys: false })
  const { startIndex, onBadRecord, answerTokens } = flags
  const numRecords = recordCountOf(flags.numRecords)
  const isRehearsal = flags.simulate !== undefined && flags.simulate !== false
  const pastRuns = await pastRunsOf(flags.outputDir ?? outputDirectoryOf(definition), definition.taskName)
  const options = { numRecords, startIndex, onBadRecord, answerTokens, isRehearsal, pastRuns }
  const estimate = await estimateRun(definition, options)
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(estimate, null, 2)}\n`)
    return
  }
  const text = sectionsText(estimateSections(estimate))
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
