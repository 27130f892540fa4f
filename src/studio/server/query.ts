import { type RecordKind, type RecordSort, recordKinds, recordSorts } from '../../report/run/record-order.ts'
import { type RequestFilter, readFilter, readNumber } from '../../report/run/run-filter.ts'
import { mostRecords, type RecordQuery } from '../ledger/record-list.ts'
import type { TimelineWindow } from '../ledger/timeline.ts'

type Query = Readonly<Record<string, string>>

const maxSpans = 2000

/** What part of the timeline is asked for; what is no number is left out. */
export function readTimelineWindow({ from, to, spans }: Query): Partial<TimelineWindow> {
  const count = readNumber(spans)
  return {
    fromMs: readNumber(from),
    toMs: readNumber(to),
    spans: count === undefined ? undefined : Math.min(maxSpans, Math.max(1, Math.round(count))),
  }
}

/** What part of a run is looked at; the window of the timeline is one of them. */
export function readRequestFilter(query: Query): RequestFilter {
  return readFilter((name) => query[name])
}

/** The number of the last change that is known to who asks for a list. */
export function sinceOf({ since }: Query): number | undefined {
  return readNumber(since)
}

/** Two names, a line each: what was asked of the first is priced as the second. */
export function readModelChanges(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.flatMap((text) => {
      const [from = '', to = ''] = text.split('\n')
      return from === '' || to === '' ? [] : [[from, to] as const]
    }),
  )
}

/** Which records are asked for, the most expensive by default. */
export function readRecordQuery(query: Query): RecordQuery {
  const { kind, sort, reverse, search, limit } = query
  const count = readNumber(limit) ?? 50
  return {
    kind: isKind(kind) ? kind : 'all',
    sort: isSort(sort) ? sort : 'cost',
    isReversed: reverse === 'true',
    search,
    limit: Math.min(mostRecords, Math.max(1, count)),
    filter: readRequestFilter(query),
  }
}

function isKind(text: string | undefined): text is RecordKind {
  return recordKinds.some((kind) => kind === text)
}

function isSort(text: string | undefined): text is RecordSort {
  return recordSorts.some((sort) => sort === text)
}
