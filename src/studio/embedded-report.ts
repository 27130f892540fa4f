import type { Section } from '../report/text/section.ts'
import type { RecordsAnswer, RunAnswer, TimelineAnswer } from './api.ts'
import type { RecordDetail } from './record-detail.ts'
import type { RecordOrder } from './record-list.ts'

/** What a report of one run holds: all that the page would ask a server for. */
export interface EmbeddedReport {
  readonly run: RunAnswer
  readonly timeline?: TimelineAnswer
  /** Empty without a ledger. */
  readonly records: Readonly<Partial<Record<RecordOrder, RecordsAnswer>>>
  readonly waste: readonly Section[]
  /** The records of the lists, with their calls. */
  readonly details: readonly RecordDetail[]
}
