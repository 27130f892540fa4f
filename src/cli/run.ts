import { Command, Option } from 'commander'
import type { RunOptions } from '../workflow/run/run-options.ts'
import {
  parseBoolean,
  parseFailures,
  parseJsonObject,
  parseNumber,
  parseSeconds,
  parseWholeNumber,
} from './option-values.ts'
import { simulatorOptionsOf } from './simulate-options.ts'

/** What `sygra run` was given. */
export interface RunFlags {
  readonly task: string
  readonly source?: string
  readonly numRecords: number
  readonly startIndex: number
  readonly batchSize: number
  readonly checkpointInterval: number
  readonly outputWithTs: boolean
  readonly runName?: string
  readonly outputDir?: string
  readonly disableMetadata: boolean
  readonly debug: boolean
  readonly runArgs: Record<string, unknown>
  readonly resume?: string | boolean
  readonly retryFailed?: boolean
  readonly force?: boolean
  readonly ledger?: boolean
  readonly onLedgerError: 'continue' | 'stop'
  readonly grace: number
  readonly maxCost?: number
  readonly maxRequests?: number
  readonly maxTokens?: number
  readonly maxFailures?: string
  readonly timeout?: number
  readonly allowUnpriced?: boolean
  readonly modelDownAfter: number
  readonly simulate?: boolean | string
  readonly simulateSeed?: number
  readonly simulateFaults?: number
  readonly simulateSpeed?: number
  readonly onBadRecord: 'skip' | 'fail'
  readonly checkModels: boolean
  readonly quiet?: boolean
  readonly json?: boolean
  /** Names of the options that were given and not left at their defaults. */
  readonly given: ReadonlySet<string>
}

/** `sygra run`: a task over its records. */
export function runCommand(): Command {
  return new Command('run')
    .description('Run a task over its records; write its output and its metadata side by side.')
    .requiredOption('-t, --task <name>', 'the task: examples.demo for tasks/examples/demo, or a path')
    .option('--source <path>', "a file, or a pattern of files, in place of the task's own source")
    .option('-n, --num-records <number>', 'how many records', parseWholeNumber(0), 10)
    .option('--start-index <number>', 'records to pass over (-si)', parseWholeNumber(0), 0)
    .option('-b, --batch-size <number>', 'how many records are in work at once', parseWholeNumber(1), 25)
    .option('--checkpoint-interval <number>', 'kept in the metadata (-ci)', parseWholeNumber(1), 100)
    .option('--output-with-ts <boolean>', 'a timestamp in the name of the output (-owt)', parseBoolean, true)
    .option('--run-name <name>', 'part of the name of the output (-rn)')
    .option('--output-dir <path>', "where output and metadata go; the task's folder by default (-od)")
    .option('--disable-metadata <boolean>', 'no metadata for this run (-dm)', parseBoolean, false)
    .option('--run-args <json>', "values for the task's own functions (-ra)", parseJsonObject, {})
    .option('-r, --resume [run]', 'go on with the last unfinished run of the task (True), or with the one named')
    .option('--retry-failed', 'with --resume: records that failed are done again')
    .option('--force', 'with --resume: although the data or the configuration has changed')
    .option('--no-ledger', 'no file of events: a crash loses the metadata, and the run cannot be resumed')
    .addOption(
      new Option('--on-ledger-error <what>', 'when that file cannot be written')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .option('--grace <seconds>', 'after a stop: how long records in work may take', parseNumber(0), 30)
    .option('--max-cost <usd>', 'stops before it costs more, exit code 3; go on with --resume', parseNumber(0))
    .option('--max-requests <number>', 'stops after so many requests to models, retries included', parseWholeNumber(0))
    .option('--max-tokens <number>', 'stops before it uses more tokens of prompts and answers', parseWholeNumber(0))
    .option('--max-failures <number>', 'stops when more records fail than this, or than this share (5%)', parseFailures)
    .option('--timeout <time>', 'stops after that time: 90 (seconds), 30min, 8h', parseSeconds)
    .option('--allow-unpriced', 'with --max-cost: models without a price are let through and count as $0')
    .option(
      '--model-down-after <number>',
      'stops when so many requests in a row to a model have failed, exit code 5; 0 for never',
      parseWholeNumber(0),
      10,
    )
    .addOption(
      new Option('--on-bad-record <what>', 'a record that cannot be read').choices(['skip', 'fail']).default('fail'),
    )
    .option('--no-check-models', 'do not ask the models before the first record whether they can be called')
    .option('--simulate [url]', 'rehearse on simulated models: no key, no cost')
    .option('--simulate-seed <number>', 'same seed, same run', parseWholeNumber(0))
    .option('--simulate-faults <rate>', 'share of requests that fail in some way', parseNumber(0))
    .option('--simulate-speed <factor>', 'how much faster than real models', parseNumber(0))
    .option('--quiet', 'no progress and no tables')
    .option('--json', 'events as JSON lines on the standard output')
    .option('-d, --debug [boolean]', 'where errors happened', parseBoolean, false)
    .action(async (flags: Omit<RunFlags, 'given'>, command: Command) => {
      const given = Object.keys(flags).filter((name) => command.getOptionValueSource(name) === 'cli')
      const { runTask } = await import('./run-task.ts')
      await runTask({ ...flags, given: new Set(given) })
    })
}

/** The options of the library for what the command line says. */
export function runOptionsOf(flags: RunFlags): RunOptions {
  return {
    numRecords: flags.numRecords,
    startIndex: flags.startIndex,
    batchSize: flags.batchSize,
    checkpointInterval: flags.checkpointInterval,
    outputWithTs: flags.outputWithTs,
    runName: flags.runName,
    outputDir: flags.outputDir,
    disableMetadata: flags.disableMetadata,
    debug: flags.debug,
    runArgs: flags.runArgs,
    retryFailed: flags.retryFailed,
    force: flags.force,
    // Left open when it is not turned off, so that SYGRA_LEDGER decides.
    ledger: flags.ledger === false ? false : undefined,
    onLedgerError: flags.onLedgerError,
    graceSeconds: flags.grace,
    maxCostUsd: flags.maxCost,
    maxRequests: flags.maxRequests,
    maxTokens: flags.maxTokens,
    maxFailures: flags.maxFailures,
    timeoutSeconds: flags.timeout,
    allowUnpriced: flags.allowUnpriced,
    modelDown: flags.modelDownAfter === 0 ? false : { failures: flags.modelDownAfter },
    onBadRecord: flags.onBadRecord,
    checkModels: flags.checkModels,
    simulate: simulatorOptionsOf(flags),
    keepRecords: false,
  }
}
