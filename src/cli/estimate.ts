import { Command, Option } from 'commander'
import { parseBoolean, parseNumber, parseWholeNumber } from './option-values.ts'

/** What `sygra estimate` was given. */
export interface EstimateFlags {
  readonly task: string
  readonly source?: string
  readonly numRecords?: number
  readonly startIndex?: number
  readonly onBadRecord: 'skip' | 'fail'
  readonly answerTokens: number
  readonly pilot?: number
  readonly batchSize: number
  readonly outputDir?: string
  readonly maxCost?: number
  readonly allowUnpriced?: boolean
  readonly simulate?: boolean | string
  readonly simulateSeed?: number
  readonly simulateFaults?: number
  readonly simulateSpeed?: number
  readonly json?: boolean
  readonly debug: boolean
}

/** `sygra estimate`: what a task will cost, before it is run. */
export function estimateCommand(): Command {
  return new Command('estimate')
    .description('Tell what a task will cost: from its data without sending anything, or from a pilot of some records.')
    .requiredOption('-t, --task <name>', 'the task: examples.demo for tasks/examples/demo, or a path')
    .option('--source <path>', "a file, or a pattern of files, in place of the task's own source")
    .option('-n, --num-records <number>', 'how many records the run will have; all by default', parseWholeNumber(0))
    .option('--start-index <number>', 'records to pass over (-si)', parseWholeNumber(0))
    .option('--answer-tokens <number>', 'length of an answer where earlier runs say nothing', parseNumber(1), 300)
    .option('--pilot <number>', 'does so many records, which are the beginning of the run', parseWholeNumber(1))
    .option('-b, --batch-size <number>', 'with --pilot: how many records are in work at once', parseWholeNumber(1), 25)
    .option('--output-dir <path>', "where output and metadata go; the task's folder by default (-od)")
    .option('--max-cost <usd>', 'with --pilot: what it may cost', parseNumber(0))
    .option('--allow-unpriced', 'with --max-cost: models without a price are let through')
    .addOption(
      new Option('--on-bad-record <what>', 'a record that cannot be read').choices(['skip', 'fail']).default('fail'),
    )
    .option('--simulate [url]', 'with --pilot: on simulated models; without: after earlier rehearsals')
    .option('--simulate-seed <number>', 'same seed, same run', parseWholeNumber(0))
    .option('--simulate-faults <rate>', 'share of requests that fail in some way', parseNumber(0))
    .option('--simulate-speed <factor>', 'how much faster than real models', parseNumber(0))
    .option('--json', 'as JSON')
    .option('-d, --debug [boolean]', 'where errors happened', parseBoolean, false)
    .action(async (flags: EstimateFlags) => {
      if (flags.pilot === undefined) {
        const { estimateTask } = await import('./estimate-task.ts')
        await estimateTask(flags)
      } else {
        const { runPilot } = await import('./run-pilot.ts')
        await runPilot(flags, flags.pilot)
      }
    })
}
