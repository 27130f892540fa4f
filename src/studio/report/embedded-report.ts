import type { RecordKind } from '../../report/run/record-order.ts'
import type { Section } from '../../report/text/section.ts'
import type { RunAnswer, SliceAnswer, TimelineAnswer } from '../api.ts'
import type { RecordDetail } from '../ledger/record-detail.ts'
import type { RecordRow } from '../ledger/record-list.ts'

/** How much of a run a report holds, so that its file stays small. */
export interface ReportExtent {
  /** Of each kind of records so many are listed. */
  readonly listed: number
  /** Of each kind so many come with their calls. */
  readonly detailed: number
  /** So many nodes, models and errors can be looked at on their own. */
  readonly named: number
  /** Into so many spans its time is cut. */
  readonly spans: number
}

/** What a report of one run holds: all that the page would ask a server for. */
export interface EmbeddedReport {
  readonly run: RunAnswer
  readonly extent: ReportExtent
  readonly timeline?: TimelineAnswer
  /** The most telling records; left out without a ledger. */
  readonly records?: readonly RecordRow[]
  /** The parts of the run by one filter each, under its name; the whole under that of none. */
  readonly parts: Readonly<Record<string, EmbeddedPart>>
  readonly waste: readonly Section[]
  /** Records with their calls. */
  readonly details: readonly RecordDetail[]
}

/** A part of the run, with the records in it. */
export interface EmbeddedPart {
  readonly slice: SliceAnswer
  /** How many records there are; the report has some of them. */
  readonly totals: Readonly<Record<RecordKind, number>>
  /** Places of its records among those of the report, and of those that failed so; left out where these are all. */
  readonly rows?: readonly number[]
  readonly failedRows?: readonly number[]
}
