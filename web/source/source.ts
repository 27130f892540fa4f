import type { RecordKind, RecordSort } from '../../src/report/run/record-order.ts'
import type { RequestFilter } from '../../src/report/run/run-filter.ts'
import type { Section } from '../../src/report/text/section.ts'
import type {
  CompareAnswer,
  RecordsAnswer,
  RunAnswer,
  RunsAnswer,
  SliceAnswer,
  TimelineAnswer,
} from '../../src/studio/api.ts'
import type { RecordDetail } from '../../src/studio/ledger/record-detail.ts'
import type { ReportExtent } from '../../src/studio/report/embedded-report.ts'
import type { Repriced } from '../../src/studio/run-files.ts'

/** Where the page gets what it shows: the server, or the data inside of a report. */
export interface Source {
  /** Set for a report: it has this run and no other. */
  readonly onlyRun?: string
  /** Of a report: how much of its run it holds. */
  readonly extent?: ReportExtent
  /** All runs, or with the version of a list that is known what has changed since. */
  runs(since?: number): Promise<RunsAnswer>
  run(key: string): Promise<RunAnswer>
  /** A part of a run in sums; null without a ledger. */
  slice(key: string, filter: RequestFilter): Promise<SliceAnswer | null>
  timeline(key: string, filter: RequestFilter, spans: number): Promise<TimelineAnswer | null>
  records(key: string, query: RecordsRequest): Promise<RecordsAnswer | null>
  record(key: string, recordId: string): Promise<RecordDetail | null>
  /** What `sygra waste` says. */
  waste(key: string): Promise<readonly Section[]>
  /** What `sygra explain` says of a figure. */
  explain(key: string, figure: string): Promise<readonly Section[]>
  /** Runs with what was asked of models priced as others. */
  reprice(keys: readonly string[], models: ReadonlyMap<string, string>): Promise<readonly Repriced[]>
  compare(base: string, head: string): Promise<CompareAnswer>
  /** The address of the metadata file as it stands on the disk. */
  fileAddress(key: string): string
  /** Calls back whenever a run has changed, or the list of runs when no run is named; gives the end of it. */
  watch(key: string | undefined, onChange: () => void): () => void
  /** Calls back when the server is lost, with the time, and with nothing when it is there again. */
  watchConnection(onChange: (lostAtMs: number | undefined) => void): () => void
}

export interface RecordsRequest {
  readonly kind: RecordKind
  readonly sort: RecordSort
  readonly isReversed: boolean
  readonly search: string
  readonly limit: number
  readonly filter: RequestFilter
}
