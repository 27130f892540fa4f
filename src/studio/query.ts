import { type RecordKind, type RecordQuery, type RecordSort, recordKinds, recordSorts } from './record-list.ts'
import type { RequestFilter } from './request-filter.ts'
import type { TimelineWindow } from './timeline.ts'

type Query = Readonly<Record<string, string>>

const maxRecords = 5_000
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

/** What part of a run is looked at; the window of the timeline is one of them. */
export function readFilter({ node, model, error, from, to, over, under }: Query): RequestFilter {
  return {
    node: textOf(node),
    model: textOf(model),
    error: textOf(error),
    fromMs: numberOf(from),
    toMs: numberOf(to),
    overSeconds: numberOf(over),
    underSeconds: numberOf(under),
  }
}

/** The number of the last change that is known to who asks for a list. */
export function sinceOf({ since }: Query): number | undefined {
  return numberOf(since)
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

/** Which records are asked for, the dearest by default. */
export function readRecordQuery(query: Query): RecordQuery {
  const { kind, sort, reverse, search, limit } = query
  const count = numberOf(limit) ?? 50
  return {
    kind: isKind(kind) ? kind : 'all',
    sort: isSort(sort) ? sort : 'cost',
    isReversed: reverse === 'true',
    search,
    limit: Math.min(maxRecords, Math.max(1, count)),
    filter: readFilter(query),
  }
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

function textOf(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function isKind(text: string | undefined): text is RecordKind {
  return recordKinds.some((kind) => kind === text)
}

function isSort(text: string | undefined): text is RecordSort {
  return recordSorts.some((sort) => sort === text)
}
