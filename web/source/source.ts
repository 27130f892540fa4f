import type { Section } from '../../src/report/text/section.ts'
import type { CompareAnswer, RecordsAnswer, RunAnswer, RunsAnswer, TimelineAnswer } from '../../src/studio/api.ts'
import type { RecordDetail } from '../../src/studio/record-detail.ts'
import type { RecordOrder } from '../../src/studio/record-list.ts'

/** Where the page gets what it shows: the server, or the data inside of a report. */
export interface Source {
  /** Set for a report: it has this run and no other. */
  readonly onlyRun?: string
  runs(): Promise<RunsAnswer>
  run(key: string): Promise<RunAnswer>
  timeline(key: string, window: TimelineRequestWindow): Promise<TimelineAnswer | null>
  records(key: string, query: RecordsRequest): Promise<RecordsAnswer | null>
  record(key: string, recordId: string): Promise<RecordDetail | null>
  /** What `sygra waste` says. */
  waste(key: string): Promise<readonly Section[]>
  compare(base: string, head: string): Promise<CompareAnswer>
  /** The address of the metadata file as it stands on the disk. */
  fileAddress(key: string): string
  /** Calls back whenever a run has changed, or the list of runs when no run is named; gives the end of it. */
  watch(key: string | undefined, onChange: () => void): () => void
}

export interface TimelineRequestWindow {
  readonly fromMs?: number
  readonly toMs?: number
  readonly spans: number
}

export interface RecordsRequest {
  readonly order: RecordOrder
  readonly search: string
  readonly limit: number
}
