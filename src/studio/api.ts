import type { Metadata } from '../metadata/schema.ts'
import type { Comparison } from '../report/compare/compare.ts'
import type { VerdictSentence } from '../report/run/verdict.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import type { EdgeTraffic } from './ledger/edge-traffic.ts'
import type { LedgerProgress } from './ledger/ledger-view.ts'
import type { RecordList, RecordRow } from './ledger/record-list.ts'
import type { RunSlice, SliceSum } from './ledger/run-slice.ts'
import type { Timeline } from './ledger/timeline.ts'
import type { NextSteps } from './run-files.ts'

/** What the server tells the page; all of it is JSON. */

export interface RunsAnswer {
  readonly directory: string
  /** Who says it when asking again gets only what has changed since. */
  readonly version: number
  /** False while files are still being read: the latest runs come first. */
  readonly isWhole: boolean
  /** The rows are those that have changed, and `removed` those that are gone. */
  readonly isDelta: boolean
  readonly removed: readonly string[]
  /** Their paths are keys: under the directory, with slashes. */
  readonly rows: readonly RunRow[]
  /** Files that have the name of a metadata file and are none, with the reason. */
  readonly refused: readonly { readonly key: string; readonly reason: string }[]
}

export interface RunAnswer {
  readonly row: RunRow
  readonly metadata: Metadata
  /** Left out when the run kept no ledger. */
  readonly ledger?: LedgerAnswer
  /** What is to be said of it in a few sentences, each phrase with where its evidence is. */
  readonly verdict: readonly VerdictSentence[]
  /** The run of the task before this one. */
  readonly previous?: RunRow
  /** What can be done when it did not come to its end. */
  readonly next: NextSteps
  /** Of a run that is going on. */
  readonly progress?: RunProgress
}

/** How far a run is. */
export interface RunProgress {
  readonly records: number
  /** Left out when nobody knows. */
  readonly totalRecords?: number
  readonly recordsPerSecond: number
  readonly secondsLeft?: number
  readonly projectedUsd?: number
  readonly projectedFromUsd?: number
  readonly projectedToUsd?: number
  readonly inFlight: number
  /** Attempts that failed in the last minute, by error, the most frequent first. */
  readonly failingNow: readonly { readonly error: string; readonly count: number }[]
}

export interface LedgerAnswer extends LedgerProgress {
  /** Only a sample was read yet. */
  readonly isSample: boolean
  readonly traffic?: readonly EdgeTraffic[]
  /** From the first request to the end of the last, in milliseconds since 1970; left out without requests. */
  readonly window?: { readonly fromMs: number; readonly toMs: number }
}

export interface TimelineAnswer extends Timeline {
  readonly isSample: boolean
}

export interface RecordsAnswer extends RecordList {
  /** So many of them can be listed. */
  readonly most: number
  /** False while the ledger is still being read. */
  readonly isWhole: boolean
}

export interface SliceAnswer extends RunSlice {
  /** Of the run without a filter. */
  readonly all: SliceSum
  readonly isSample: boolean
}

/** What `sygra compare` says of two runs. */
export interface CompareAnswer {
  readonly base: string
  readonly head: string
  readonly comparison: Comparison
  /** The records whose cost or time differ most; left out when the runs had other data, or no ledgers. */
  readonly records?: readonly ComparedRecord[]
}

export interface ComparedRecord {
  readonly recordId: string
  readonly base: RecordRow
  readonly head: RecordRow
}

export interface ErrorAnswer {
  readonly error: string
}
