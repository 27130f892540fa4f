import type { MetadataEvent, RunStatus } from '../../metadata/event.ts'
import type { Metadata } from '../../metadata/schema.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import type { BatchChoice } from '../batches/batch-choice.ts'
import type { CacheChoice } from '../cache/cache-choice.ts'
import type { DownRule } from '../limits/circuit-breaker.ts'
import type { LimitName, RunLimits } from '../limits/run-limits.ts'
import type { OnBadRecord, Row } from '../sources/source.ts'

/** Options of a run. */
export interface RunOptions extends RunLimits {
  /** How many records to process; all when left out. Without a data source, how many to make: 10 when left out. */
  readonly numRecords?: number
  /** Records to pass over; 0 by default. */
  readonly startIndex?: number
  /** How many records are in work at once; 25 by default, 50,000 where calls are handed in as batches. */
  readonly batchSize?: number
  /** Kept for the metadata; 100 by default. */
  readonly checkpointInterval?: number
  /** Where output and metadata go; the task's folder by default. */
  readonly outputDir?: string
  /**
   * False writes no files at all, such as where there is no disk: rows, failures and metadata are in the result, limits hold
   * as ever, and the run can be neither resumed, watched nor explained. True by default.
   */
  readonly output?: boolean
  /** Puts the timestamp into the name of the output file; true by default. */
  readonly outputWithTs?: boolean
  /** Part of the name of the output file. */
  readonly runName?: string
  /** Turns metadata off for this run. */
  readonly disableMetadata?: boolean
  readonly debug?: boolean
  /** Kept in the metadata; what the task says by default. */
  readonly resumable?: boolean
  /** What a record that cannot be read does: `fail` refuses the run before anything is spent (default), `skip` leaves it out. */
  readonly onBadRecord?: OnBadRecord
  /**
   * Whether models are asked before the first record if they can be called; true by default. It costs nothing where their
   * service lists its models, else one short request, which is counted.
   */
  readonly checkModels?: boolean
  /** Rehearses on a simulated provider: true, its settings, or the address of one that runs. */
  readonly simulate?: boolean | SimulatorOptions | string
  /**
   * Keeps answers, and gives what was asked before the answer of then: true for the folder of the user, or a folder. It holds
   * prompts' answers in plain text; `sygra cache` says how many and clears it. What the task says by default, else off.
   */
  readonly cache?: CacheChoice
  /**
   * Hands the calls of llm nodes in as batches, which providers answer within a day at about half the price: `true`, or how
   * long they are waited for. `batch: false` on a node leaves it out. Off by default.
   */
  readonly batchApi?: BatchChoice
  /** Stops taking records; what is in work is given up at once. */
  readonly signal?: AbortSignal
  /** Stops taking records; what is in work is finished, within `graceSeconds`. */
  readonly stop?: AbortSignal
  /** How long records in work may take after a stop, in seconds; 30 by default. */
  readonly graceSeconds?: number
  /** Keeps every event in a file beside the metadata, so that a crash loses nothing and the run can be resumed; true by default. */
  readonly ledger?: boolean
  /** When the ledger cannot be written: `continue` without it (default), or `stop` the run. */
  readonly onLedgerError?: 'continue' | 'stop'
  /**
   * How many child processes do the records, `batchSize` at once together; or the Redis at which workers of any machine wait
   * (`redis://HOST:PORT`, `rediss://`, or `redis` for what SYGRA_REDIS_URL says). This process does them when left out. The task
   * must be one that they can load: functions are named by their files.
   */
  readonly workers?: number | string
  /** How long nothing may be heard of a worker before what it has is given to others, in seconds; 30 by default. */
  readonly workerLeaseSeconds?: number
  /** Called with each line that a worker's own code prints; printed with the name of the worker by default. */
  readonly onWorkerLine?: (line: string, from: WorkerLineSource) => void
  /** Takes up the last unfinished run of the task, or the one whose metadata file or ledger is named. */
  readonly resume?: boolean | string
  /** Of a resumed run: records that failed are done again. */
  readonly retryFailed?: boolean
  /** Takes a run up although its data or its configuration has changed. */
  readonly force?: boolean
  /** Stops after so many records in this session; the run can be resumed. */
  readonly pauseAfter?: number
  /** With a limit of cost: models without a price are let through, and count as $0. */
  readonly allowUnpriced?: boolean
  /** When a model counts as down, and the run stops: after 10 failures in a row within 30 s by default; false for never. */
  readonly modelDown?: DownRule | false
  /** Told what the user should know of while the run goes on, such as a disk that is full. */
  readonly onNotice?: (message: string) => void
  /** `onNotice` is not called; default false. */
  readonly quiet?: boolean
  /** Called once everything has been checked, before the first record. */
  readonly onStart?: (start: RunBeginning) => void
  /** Called with every event of the run. */
  readonly onEvent?: (event: MetadataEvent) => void
  /**
   * Called with each output row when it is written, in the order in which records finish. The next record is taken up only
   * when what it gives has resolved; what it throws stops the run.
   */
  readonly onRecord?: (row: Row, record: { readonly recordId: string }) => void | Promise<void>
  /** Whether the result holds the rows; true by default. Without them memory does not grow with the records. */
  readonly keepRecords?: boolean
  /** Free values for the task's own functions; lambda nodes get them with their third parameter, as `runArgs`. */
  readonly runArgs?: Readonly<Record<string, unknown>>
}

/** Where a line was printed. */
export interface WorkerLineSource {
  readonly worker: string
  readonly stream: 'stdout' | 'stderr'
}

/** A run that is about to process its first record. */
export interface RunBeginning {
  readonly collector: MetadataCollector
  /** How many records there will be, where that is known. */
  readonly recordCount: number | undefined
  /** How many records the data has, where that is known; the run may take fewer. */
  readonly sourceCount?: number
  /** How many requests are in flight now. */
  readonly runningRequests: () => number
  /** Null when no files are written. */
  readonly outputPath: string | null
  /** The metadata file; null when metadata is off, or no files are written. */
  readonly metadataPath: string | null
  /** Records that were done in earlier sessions of the run. */
  readonly doneBefore: number
  /** Writes everything that is known now, for moments in which nothing can be awaited. */
  readonly saveNow: (reason: string) => void
}

/** Why a run stopped before its end. */
export interface StopReason {
  readonly type: 'signal' | 'limit' | 'model-down' | 'ledger' | 'pause' | 'taken'
  readonly message: string
  /** The limit that must be higher for the run to go on. */
  readonly option?: LimitName
}

/** What a run gives. `IsOff` says whether metadata is off, `HasFiles` whether files are written, where that is known. */
export interface RunResult<
  Output extends object = Row,
  IsOff extends boolean = boolean,
  HasFiles extends boolean = boolean,
> {
  /** `interrupted` when it was stopped before its end; it can be resumed then. */
  readonly status: RunStatus
  /** Why it stopped, where it did; of a run that has done all its records, that too many of them have failed. */
  readonly stopped?: StopReason
  /** It did not come to its end, and `resume` takes it up. */
  readonly isResumable: boolean
  /** The rows of the output in the order of the source; empty when they are not kept. */
  readonly records: readonly Output[]
  /**
   * The metadata; null when `disableMetadata` turned it off. Whoever runs the program can turn it off too, by
   * `SYGRA_DISABLE_METADATA`: a program that is to live with that asks for null although its type does not say so.
   */
  readonly metadata: Metadata | (IsOff extends false ? never : null)
  /** The output file; with several sinks the first. Null when no files are written. */
  readonly outputPath: string | (HasFiles extends true ? never : null)
  /** The metadata file; null when metadata was off, or no files are written. */
  readonly metadataPath: string | (IsOff extends false ? (HasFiles extends true ? never : null) : null)
  /** The files that `graph_post_process` made of the whole output. */
  readonly processedPaths: readonly string[]
  /** Records that failed, with their errors; at most 1,000 are kept. */
  readonly failures: readonly RecordFailure[]
  readonly runId: string
}

/**
 * Options of a run of which the types are to know whether metadata is off and whether files are written, so that nobody has
 * to ask for what is surely there.
 */
export type KnownOptions<IsOff extends boolean, HasFiles extends boolean> = RunOptions & {
  readonly disableMetadata?: IsOff
  readonly output?: HasFiles
}

export interface RecordFailure {
  readonly recordId: string
  readonly error: unknown
}
