import type { MetadataEvent } from '../../metadata/event.ts'
import type { Metadata } from '../../metadata/schema.ts'
import type { MetadataCollector } from '../../runtime/metadata-collector.ts'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import type { OnBadRecord, Row } from '../sources/source.ts'

/** Options of a run. */
export interface RunOptions {
  /** How many records to process; all when left out. Without a data source, how many to make: 10 when left out. */
  readonly numRecords?: number
  /** Records to pass over; 0 by default. */
  readonly startIndex?: number
  /** How many records are in work at once; 50 by default. */
  readonly batchSize?: number
  /** Kept for the metadata; 100 by default. */
  readonly checkpointInterval?: number
  /** Where output and metadata go; the task's folder by default. */
  readonly outputDir?: string
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
  /** Rehearses on a simulated provider: true, its settings, or the address of one that runs. */
  readonly simulate?: boolean | SimulatorOptions | string
  /** Stops taking records; what is in work is given up. */
  readonly signal?: AbortSignal
  /** Called once everything has been checked, before the first record. */
  readonly onStart?: (start: RunBeginning) => void
  /** Called with every event of the run. */
  readonly onEvent?: (event: MetadataEvent) => void
  /** Whether the result holds the rows; true by default. Without them memory does not grow with the records. */
  readonly keepRecords?: boolean
  /** Free values for the task's own functions; lambda nodes get them with their third parameter, as `runArgs`. */
  readonly runArgs?: Readonly<Record<string, unknown>>
}

/** A run that is about to process its first record. */
export interface RunBeginning {
  readonly collector: MetadataCollector
  /** How many records there will be, where that is known. */
  readonly recordCount: number | undefined
  /** How many requests are on their way now. */
  readonly runningRequests: () => number
  readonly outputPath: string
  /** The metadata file; null when metadata is off. */
  readonly metadataPath: string | null
}

/** What a run gives. */
export interface RunResult {
  /** The rows of the output in the order of the source; empty when they are not kept. */
  readonly records: readonly Row[]
  /** The metadata; null when it was off. */
  readonly metadata: Metadata | null
  /** The output file; with several sinks the first. */
  readonly outputPath: string
  /** The metadata file; null when it was off. */
  readonly metadataPath: string | null
  /** Records that failed, with their errors; at most 1,000 are kept. */
  readonly failures: readonly RecordFailure[]
  readonly runId: string
}

export interface RecordFailure {
  readonly recordId: string
  readonly error: unknown
}
