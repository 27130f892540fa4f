import { basename } from 'node:path'
import { Command, Option } from 'commander'
import { SygraError } from '../errors.ts'
import { isAbort } from '../instrument/attempt/error-type.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import { formatCount, formatQuantity } from '../report/text/format-values.ts'
import type { MetadataCollector } from '../runtime/collector/metadata-collector.ts'
import { redactText } from '../runtime/redact.ts'
import { outputDirectoryOf, type WorkflowDefinition } from '../workflow/define-workflow.ts'
import type { RunOptions, RunResult } from '../workflow/run/run-options.ts'
import type { Row } from '../workflow/sources/source.ts'
import { findRun } from './find-run.ts'
import { announceMetrics } from './metrics-server.ts'
import {
  parseBoolean,
  parseJsonObject,
  parseLimit,
  parseNumber,
  parseRecordCount,
  parseWholeNumber,
  parseWorkers,
  recordCountOf,
} from './option-values.ts'
import { createLiveProgress, type Progress } from './progress.ts'
import { exitCodeOf, printEnding, resumeHint } from './run-ending.ts'
import { listenForSignals } from './run-signals.ts'
import { simulatorOptionsOf } from './simulate-options.ts'
import { note, prose } from './terminal.ts'

/** What `sygra run` was given. */
interface RunFlags {
  readonly task: string
  readonly source?: string
  /** Infinite for all. */
  readonly numRecords: number
  readonly startIndex: number
  readonly batchSize: number
  readonly workers?: number | string
  readonly workerLease: number
  readonly checkpointInterval: number
  readonly outputWithTs: boolean
  readonly runName?: string
  readonly outputDir?: string
  readonly output: boolean
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
  readonly cache?: boolean | string
  readonly simulate?: boolean | string
  readonly simulateSeed?: number
  readonly simulateFaults?: number
  readonly simulateSpeed?: number
  readonly onBadRecord: 'skip' | 'fail'
  readonly checkModels: boolean
  readonly quiet?: boolean
  readonly json?: boolean
  readonly metricsPort?: number
  readonly otel?: boolean
  readonly traceparent?: boolean
  /** Names of the options that were given and not left at their defaults. */
  readonly given: ReadonlySet<string>
}

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
    .option('--simulate-faults <rate>', 'share of requests that fail in some way', parseNumber(0))
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
      await runTask({ ...flags, given: new Set(given) })
    })
}

/** The options of the library for what the command line says. */
function runOptionsOf(flags: RunFlags): RunOptions {
  return {
    numRecords: recordCountOf(flags.numRecords),
    startIndex: flags.startIndex,
    // Workers on other machines say how many they do at once.
    batchSize: typeof flags.workers === 'string' && !flags.given.has('batchSize') ? undefined : flags.batchSize,
    workers: flags.workers,
    workerLeaseSeconds: flags.workerLease,
    checkpointInterval: flags.checkpointInterval,
    outputWithTs: flags.outputWithTs,
    runName: flags.runName,
    outputDir: flags.outputDir,
    output: flags.output,
    onRecord: flags.output ? undefined : printRow,
    disableMetadata: flags.disableMetadata,
    debug: flags.debug,
    cache: flags.cache,
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

// See docs/reliability.md.
const failed = 1

/** Runs a task with its progress on the standard error and its tables on the standard output. */
async function runTask(flags: RunFlags): Promise<void> {
  checkFlags(flags)
  if (flags.otel) process.env.SYGRA_OTEL = '1'
  if (flags.traceparent) process.env.SYGRA_TRACEPARENT = '1'
  const { loadTask } = await import('../workflow/load-task.ts')
  const { runWorkflow } = await import('../workflow/run/run-workflow.ts')
  const definition = await loadTask(flags.task, { sourcePath: flags.source })
  const options = await withResume(runOptionsOf(flags), { flags, definition })
  let progress: Progress | undefined
  let saveNow: ((reason: string) => void) | undefined
  let sourceCount: number | undefined
  let running: Pick<MetadataCollector, 'getMetadataSummary'> | undefined
  const metrics = await announceMetrics(flags.metricsPort, () =>
    running === undefined ? [] : [running.getMetadataSummary()],
  )
  const inWork = new RecordsInWork()
  const say = (text: string) =>
    progress === undefined ? note(text) : progress.note(redactText(prose(text, process.stderr)))
  const signals = listenForSignals({
    onFirst: (signal) => say(stoppingNote(signal, inWork.count, flags)),
    saveNow: (reason) => {
      progress?.stop()
      saveNow?.(reason)
      note(saveNow === undefined ? 'Stopped before it began.' : `Stopped at once. ${resumeHint(options)}`)
    },
  })
  const onExit = (code: number) => {
    progress?.stop()
    note(`sygra: the process ended in the middle of the run. ${resumeHint(options)}`)
    if (code === 0) process.exitCode = failed
  }
  let result: RunResult
  try {
    result = await runWorkflow(definition, {
      ...options,
      stop: signals.stop,
      onNotice: say,
      onWorkerLine: (line, { worker, stream }) => {
        // The standard output of a run may be a stream of JSON.
        if (stream === 'stdout' && flags.json !== true && progress === undefined)
          process.stdout.write(`[${worker}] ${line}\n`)
        else say(`[${worker}] ${line}`)
      },
      onEvent: (event) => inWork.take(event),
      onStart: ({ collector, recordCount, runningRequests, ...start }) => {
        sourceCount = start.sourceCount
        running = collector
        saveNow = (reason) => {
          process.off('exit', onExit)
          start.saveNow(reason)
        }
        process.on('exit', onExit)
        if (start.doneBefore > 0) note(`Going on behind ${start.doneBefore} records that are done.`)
        if (recordCount !== undefined) note(partNote({ recordCount, sourceCount, flags }))
        // Progress is drawn from events, and there are none when metadata is off.
        const isQuiet = flags.quiet === true || !collector.isEnabled()
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
    if (saveNow !== undefined) note(`The run cannot go on. ${resumeHint(options)}`)
    throw error
  } finally {
    process.off('exit', onExit)
    signals.dispose()
    progress?.stop()
    await metrics?.close()
  }
  const signalCode = signals.exitCode()
  const ending = {
    isShown: flags.quiet !== true && flags.json !== true,
    hasFiles: flags.output,
    definition,
    signalCode,
  }
  printEnding(result, {
    ...ending,
    arePathsShown: flags.json !== true,
    sourceCount: flags.startIndex === 0 ? sourceCount : undefined,
  })
  process.exitCode = exitCodeOf(result, signalCode)
  // Work that was given up and does not end must not hold the process.
  if (result.status === 'interrupted') setTimeout(() => process.exit(), 500).unref()
}

/** What the library knows nothing of: two things that would be written to the standard output at once, and one of nothing. */
function checkFlags({ output, json, metricsPort, otel, disableMetadata }: RunFlags): void {
  if ((metricsPort !== undefined || otel) && disableMetadata) {
    const what = otel ? '--otel' : '--metrics-port'
    throw new SygraError('bad_argument', `${what} has nothing to tell with --disable-metadata: leave one of them out`)
  }
  if (output || !json) return
  throw new SygraError(
    'bad_argument',
    '--json and --no-output both write to the standard output: leave one of them out',
  )
}

/** Which run is taken up. What the command line does not say goes on as it was then. */
async function withResume(
  options: RunOptions,
  { flags, definition }: { readonly flags: RunFlags; readonly definition: WorkflowDefinition },
): Promise<RunOptions> {
  const resume = resumeOf(flags.resume) ?? definition.config.data_config?.resumable ?? false
  if (resume === false) return { ...options, resume }
  const { findUnfinishedRun } = await import('../workflow/run/find-unfinished-run.ts')
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

function stoppingNote(signal: string, records: number, { grace }: RunFlags): string {
  const what = records > 0 ? `${formatQuantity(records, 'record')} in work may finish` : 'what is in work may finish'
  const again = signal === 'SIGINT' ? 'Ctrl-C again' : 'Once more'
  return `Stopping (${signal}): no more records are taken; ${what}, which takes at most ${grace} s. ${again} stops at once.`
}

/** Which records have begun and not ended, from the events of their nodes. */
class RecordsInWork {
  readonly #ids = new Set<string>()

  get count(): number {
    return this.#ids.size
  }

  take(event: MetadataEvent): void {
    if (!('recordId' in event) || event.recordId === undefined) return
    if (event.type === 'record-end') this.#ids.delete(event.recordId)
    else this.#ids.add(event.recordId)
  }
}

/** Said when the run takes a part of its data that nobody asked for; empty otherwise. */
function partNote(run: {
  readonly recordCount: number
  readonly sourceCount: number | undefined
  readonly flags: RunFlags
}): string {
  const { recordCount, sourceCount, flags } = run
  if (sourceCount === undefined || sourceCount <= recordCount || flags.quiet || flags.given.has('numRecords')) return ''
  return `${formatCount(recordCount)} of ${formatQuantity(sourceCount, 'record')} (all: -n all)`
}

/** A row on the standard output, for whoever reads a run that writes no files. */
function printRow(row: Row): void {
  process.stdout.write(`${JSON.stringify(row)}\n`)
}
