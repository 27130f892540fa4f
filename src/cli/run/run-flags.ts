import { SygraError } from '../../errors.ts'
import type { RunOptions } from '../../workflow/run/run-options.ts'
import { rowToJson } from '../../workflow/sinks/row-json.ts'
import type { Row } from '../../workflow/sources/source.ts'
import { recordCountOf } from '../terminal/option-values.ts'
import { simulatorOptionsOf } from './simulate-options.ts'

/** What `sygra run` was given. */
export interface RunFlags {
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
  readonly batchApi?: boolean
  readonly batchWait?: number
  readonly batchLate: 'leave' | 'standard'
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

/** What the library knows nothing of: two things that would be written to the standard output at once, and one of nothing. */
export function checkFlags({ output, json, metricsPort, otel, disableMetadata }: RunFlags): void {
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

/** The options of the library for what the command line says. */
export function runOptionsOf(flags: RunFlags): RunOptions {
  return {
    numRecords: recordCountOf(flags.numRecords),
    startIndex: flags.startIndex,
    // What is not said depends on the run: batches are as large as they can be, and workers say how many they do at once.
    batchSize: flags.given.has('batchSize') ? flags.batchSize : undefined,
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
    batchApi: batchChoiceOf(flags),
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

/** A row on the standard output, for whoever reads a run that writes no files. */
function printRow(row: Row): void {
  process.stdout.write(`${rowToJson(row)}\n`)
}

/** How batches are waited for may be said for a task of which some nodes are batched, and for a run that is resumed. */
function batchChoiceOf({ batchApi, batchWait, batchLate, given }: RunFlags): RunOptions['batchApi'] {
  const waiting = { waitSeconds: batchWait, late: given.has('batchLate') ? batchLate : undefined }
  if (batchApi) return waiting
  return given.has('batchWait') || given.has('batchLate') ? { ...waiting, nodes: 'marked' } : undefined
}
