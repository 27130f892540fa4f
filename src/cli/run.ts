import { Command, Option } from 'commander'
import type { RunFlags } from './run/run-flags.ts'
import {
  parseBoolean,
  parseJsonObject,
  parseLimit,
  parseNumber,
  parseRecordCount,
  parseShare,
  parseWholeNumber,
  parseWorkers,
} from './terminal/option-values.ts'

/** `sygra run`: a task over its records. */
export function runCommand(): Command {
  return new Command('run')
    .description('Run a task over its records; write its output and its metadata side by side.')
    .optionsGroup('What is run:')
    .requiredOption('-t, --task <name>', 'the task: examples.demo for tasks/examples/demo, or a path')
    .option('--source <path>', "a file, or a pattern of files, in place of the task's own source")
    .option('-n, --num-records <number>', 'how many records, or all', parseRecordCount, 10)
    .option('--start-index <number>', 'records to pass over (-si)', parseWholeNumber(0), 0)
    .optionsGroup('How:')
    .option('-b, --batch-size <number>', 'how many records are in work at once', parseWholeNumber(1), 25)
    .option(
      '--workers <number|url>',
      'processes of this machine do the records, --batch-size at once together; or those that wait at a Redis (sygra worker)',
      parseWorkers,
    )
    .option(
      '--worker-lease <seconds>',
      'how long nothing may be heard of a worker before others get its records',
      parseNumber(1),
      30,
    )
    .option('--checkpoint-interval <number>', 'kept in the metadata (-ci)', parseWholeNumber(1), 100)
    .option('--output-with-ts <boolean>', 'a timestamp in the name of the output (-owt)', parseBoolean, true)
    .option('--run-name <name>', 'part of the name of the output (-rn)')
    .option('--output-dir <path>', "where output and metadata go; the task's folder by default (-od)")
    .option('--no-output', 'write no files: the rows go to the standard output as JSON lines')
    .option('--disable-metadata <boolean>', 'no metadata for this run (-dm)', parseBoolean, false)
    .option(
      '--cache [folder]',
      'keep answers, and do not ask again what was asked before; `sygra cache` says where and how many',
    )
    .option('--batch-api', 'hand calls in as batches: answered within a day, at about half the price')
    .option(
      '--batch-wait <time>',
      'what has not come in batches after that time is cancelled; 24h by default',
      parseLimit('timeoutSeconds'),
    )
    .addOption(
      new Option(
        '--batch-late <what>',
        'what was not done in time: leave it for a later session, or ask at the standard price',
      )
        .choices(['leave', 'standard'])
        .default('leave'),
    )
    .option('--run-args <json>', "values for the task's own functions (-ra)", parseJsonObject, {})
    .optionsGroup('Going on, and what is kept:')
    .option('-r, --resume [run]', 'go on with the last unfinished run of the task (True), or with the one named')
    .option('--retry-failed', 'with --resume: records that failed are done again')
    .option('--force', 'with --resume: although the data or the configuration has changed')
    .option('--no-ledger', 'no file of events: a crash loses the metadata, and the run cannot be resumed')
    .addOption(
      new Option('--on-ledger-error <what>', 'when that file cannot be written')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .optionsGroup('When it stops:')
    .option('--grace <seconds>', 'after a stop: how long records in work may take', parseNumber(0), 30)
    .option(
      '--max-cost <usd>',
      'stops before it costs more, exit code 3; go on with --resume',
      parseLimit('maxCostUsd'),
    )
    .option(
      '--max-requests <number>',
      'stops after so many requests to models, retries included',
      parseLimit('maxRequests'),
    )
    .option('--max-tokens <number>', 'stops before it uses more tokens of prompts and answers', parseLimit('maxTokens'))
    .option(
      '--max-failures <number>',
      'stops when more records fail than this, or than this share (5%)',
      parseLimit('maxFailures'),
    )
    .option('--timeout <time>', 'stops after that time: 90 (seconds), 30min, 8h', parseLimit('timeoutSeconds'))
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
    .optionsGroup('Checks and rehearsals:')
    .option('--no-check-models', 'do not ask the models before the first record whether they can be called')
    .option('--simulate [url]', 'rehearse on simulated models: no key, no cost')
    .option('--simulate-seed <number>', 'same seed, same run', parseWholeNumber(0))
    .option('--simulate-faults <rate>', 'share of requests that fail in some way', parseShare)
    .option('--simulate-speed <factor>', 'how much faster than real models', parseNumber(0))
    .optionsGroup('What is printed:')
    .option('--quiet', 'no progress and no tables')
    .option('--json', 'events as JSON lines on the standard output')
    .option(
      '--metrics-port <number>',
      'figures for Prometheus at 127.0.0.1:<number>/metrics while it runs; 0: any free port',
      parseWholeNumber(0),
    )
    .option('--otel', 'spans and metrics to OpenTelemetry: OTEL_EXPORTER_OTLP_ENDPOINT, or http://localhost:4318')
    .option('--traceparent', 'sends a traceparent along with each call to a model that has none')
    .option('-d, --debug [boolean]', 'where errors happened', parseBoolean, false)
    .action(async (flags: Omit<RunFlags, 'given'>, command: Command) => {
      const given = Object.keys(flags).filter((name) => command.getOptionValueSource(name) === 'cli')
      const { runTask } = await import('./run/run-task.ts')
      await runTask({ ...flags, given: new Set(given) })
    })
}
