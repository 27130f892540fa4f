import { type RecordOrder, type RecordQuery, recordOrders } from './record-list.ts'
import type { TimelineWindow } from './timeline.ts'

type Query = Readonly<Record<string, string>>

const maxRecords = 500
const maxSpans = 2000

/** What part of the timeline is asked for; what is no number is left out. */
export function readTimelineWindow({ from, to, spans }: Query): Partial<TimelineWindow> {
  const count = numberOf(spans)
  return {
    fromMs: numberOf(from),
    toMs: numberOf(to),
    spans: count === undefined ? undefined : Math.min(maxSpans, Math.max(1, Math.round(count))),
  }
}

/** Which records are asked for, the dearest by default. */
export function readRecordQuery({ order, search, limit }: Query): RecordQuery {
  const count = numberOf(limit) ?? 50
  return { order: isOrder(order) ? order : 'dearest', search, limit: Math.min(maxRecords, Math.max(1, count)) }
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

function isOrder(text: string | undefined): text is RecordOrder {
  return recordOrders.some((order) => order === text)
}
