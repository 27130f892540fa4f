import type { Metadata } from '../metadata/schema.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import type { Section } from '../report/text/section.ts'
import type { EdgeTraffic } from './edge-traffic.ts'
import type { LedgerProgress } from './ledger-view.ts'
import type { RecordList } from './record-list.ts'
import type { Timeline } from './timeline.ts'

/** What the server tells the page; all of it is JSON. */

export interface RunsAnswer {
  readonly directory: string
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
  /** False while the ledger is still being read. */
  readonly isWhole: boolean
}

/** What `sygra compare` says of two runs. */
export interface CompareAnswer {
  readonly base: string
  readonly head: string
  readonly sections: readonly Section[]
}

export interface ErrorAnswer {
  readonly error: string
}
