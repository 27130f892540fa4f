import type { Section } from '../report/text/section.ts'
import type { RecordsAnswer, RunAnswer, SliceAnswer, TimelineAnswer } from './api.ts'
import type { RecordDetail } from './record-detail.ts'

/** What a report of one run holds: all that the page would ask a server for. */
export interface EmbeddedReport {
  readonly run: RunAnswer
  readonly timeline?: TimelineAnswer
  /** The most telling records, in the order of their cost; left out without a ledger. */
  readonly records?: RecordsAnswer
  /** The parts of the run by one filter each, under its name; the whole under an empty one. */
  readonly slices: Readonly<Record<string, SliceAnswer>>
  readonly waste: readonly Section[]
  /** Records with their calls. */
  readonly details: readonly RecordDetail[]
}
