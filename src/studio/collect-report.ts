import { isOfKind, type RecordKind, type RecordSort, recordKinds } from '../report/run/record-order.ts'
import { isOpenFilter, type RequestFilter, sliceName } from '../report/run/run-filter.ts'
import type { EmbeddedPart, EmbeddedReport } from './embedded-report.ts'
import type { LedgerFold } from './ledger-fold.ts'
import type { RecordRow } from './record-list.ts'
import { chosenRecords } from './request-filter.ts'
import { sliceOf } from './run-slice.ts'
import type { RunStore } from './run-store.ts'

const timelineSpans = 600
/** Of each kind of records so many are listed. */
const listedRecords = 100
/** Of each kind so many come with their calls. */
const detailedRecords = 20
/** So many nodes, models and errors can be looked at on their own. */
const slicedNames = 12

/** Everything that a report of a run shows; reads its whole ledger. */
export async function collectReport(store: RunStore, key: string): Promise<EmbeddedReport> {
  const fold = await store.readWhole(key)
  const run = await store.run(key)
  const waste = await store.waste(key)
  const timeline = await store.timeline(key, { spans: timelineSpans })
  const lists = await Promise.all(
    [...recordKinds.map((kind) => [kind, 'cost'] as const), ['all', 'time'] as const].map((wanted) =>
      recordsOf(store, key, wanted),
    ),
  )
  const known = lists.filter((list) => list !== undefined)
  const byId = new Map(known.flatMap(({ rows }) => rows.map((row): [string, RecordRow] => [row.recordId, row])))
  const ids = new Set(known.flatMap(({ rows }) => rows.slice(0, detailedRecords).map(({ recordId }) => recordId)))
  const details = await Promise.all([...ids].map((id) => store.record(key, id)))
  const rows = [...byId.values()]
  return {
    run,
    waste,
    ...(timeline === undefined ? {} : { timeline }),
    ...(known.length === 0 ? {} : { records: rows }),
    parts: fold === undefined ? {} : partsOf(fold, rows),
    details: details.filter((detail) => detail !== undefined),
  }
}

function recordsOf(store: RunStore, key: string, [kind, sort]: readonly [RecordKind, RecordSort]) {
  return store.records(key, { kind, sort, limit: listedRecords })
}

function partsOf(fold: LedgerFold, rows: readonly RecordRow[]): Record<string, EmbeddedPart> {
  const whole = sliceOf(fold, {})
  const filters: RequestFilter[] = [
    {},
    ...withOuterNodes(whole.nodes.map(({ node = '' }) => node)).map((node) => ({ node })),
    ...whole.models.slice(0, slicedNames).map(({ model }) => ({ model })),
    ...whole.errors.slice(0, slicedNames).map(({ error }) => ({ error })),
  ]
  return Object.fromEntries(
    filters.map((filter) => {
      const slice = isOpenFilter(filter) ? whole : sliceOf(fold, filter)
      const part = { slice: { ...slice, all: whole.whole, isSample: false }, ...recordsIn(fold, filter, rows) }
      return [sliceName(filter), part]
    }),
  )
}

/** The first nodes, with the subgraphs that they are in. */
function withOuterNodes(nodes: readonly string[]): string[] {
  const first = nodes.slice(0, slicedNames)
  const outer = first.flatMap((node) => {
    const parts = node.split('.')
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))
  })
  return [...new Set([...first, ...outer])]
}

function recordsIn(
  fold: LedgerFold,
  filter: RequestFilter,
  rows: readonly RecordRow[],
): Pick<EmbeddedPart, 'totals' | 'rows' | 'failedRows'> {
  const { has, hasFailed } = chosenRecords(fold, filter)
  const { facts, ids } = fold.records
  const totals: Record<RecordKind, number> = { all: 0, failed: 0, retried: 0, truncated: 0 }
  facts.forEach((record, number) => {
    const isIn = has(number)
    for (const kind of recordKinds) {
      if (isOfKind(record, kind) && (kind === 'failed' ? hasFailed(number) : isIn)) totals[kind] += 1
    }
  })
  if (isOpenFilter(filter)) return { totals }
  const placesOf = (isMeant: (number: number) => boolean) =>
    rows.flatMap(({ recordId }, place) => (isMeant(ids.numberOf(recordId) ?? -1) ? [place] : []))
  return { totals, rows: placesOf(has), failedRows: placesOf(hasFailed) }
}
