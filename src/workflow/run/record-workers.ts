import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { RunRecorder } from '../../runtime/recorder/run-recorder.ts'
import type { RunGuard } from '../limits/run-guard.ts'
import type { Places } from './places.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import type { CarriedOut, RecordToDo } from './record-work.ts'
import type { RunFiles } from './run-files.ts'
import type { RunOptions } from './run-options.ts'
import type { StopControl } from './stop-control.ts'

/** Other processes that do the records of a run in its place. */
export interface RecordWorkers {
  /** How many records may be taken from the source and not be done. */
  readonly places: Places
  /** Has a record done; given up when the run is stopped before. */
  readonly carryOut: (record: RecordToDo) => Promise<CarriedOut>
  /** How many requests of theirs are in flight. */
  readonly runningRequests: () => number
  /** Lets them end, and takes in what they have still to tell. Never rejects. */
  readonly close: () => Promise<void>
  /** Lets them go, in a moment in which nothing can be awaited. */
  readonly abandon: () => void
}

/** The run that workers are for. */
export interface WorkedRun {
  readonly prepared: PreparedRun
  readonly files: RunFiles
  readonly options: RunOptions
  readonly collector: MetadataCollector
  readonly recorder: RunRecorder
  readonly guard: RunGuard
  readonly stop: StopControl
  readonly session: number
  /** Names of workers that earlier sessions had. */
  readonly workersBefore: readonly string[]
  /** Those of them on other machines that nobody has seen end. */
  readonly workersLost: readonly string[]
  readonly simulatorUrl: string | undefined
}
