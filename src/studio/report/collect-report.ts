import { isOfKind, type RecordKind, type RecordSort, recordKinds } from '../../report/run/record-order.ts'
import { isOpenFilter, type RequestFilter, sliceName } from '../../report/run/run-filter.ts'
import type { LedgerFold } from '../ledger/ledger-fold.ts'
import type { RecordDetail } from '../ledger/record-detail.ts'
import type { RecordRow } from '../ledger/record-list.ts'
import { type ChosenRecords, chosenRecords } from '../ledger/request-filter.ts'
import { type RunSlice, sliceOf } from '../ledger/run-slice.ts'
import type { RunStore } from '../run-store.ts'
import type { EmbeddedPart, EmbeddedReport, ReportExtent } from './embedded-report.ts'

/** How much of a run a report holds, the fullest first: the first that fits is taken. */
const extents: readonly [ReportExtent, ...ReportExtent[]] = [
  { listed: 100, detailed: 20, named: 12, spans: 600 },
  { listed: 60, detailed: 10, named: 12, spans: 400 },
  { listed: 40, detailed: 5, named: 8, spans: 300 },
  { listed: 20, detailed: 3, named: 6, spans: 200 },
  { listed: 10, detailed: 1, named: 4, spans: 120 },
  { listed: 10, detailed: 0, named: 0, spans: 60 },
]
const [fullest] = extents
/** Why a record failed is told in so many letters in a list, and beside it. */
const [listedLetters, detailedLetters] = [200, 1_000]

/**
 * Everything that a report of a run shows; reads its whole ledger. Of a run with too much to tell, fewer records and fewer
 * parts are in it, which the report says: `fits` tells when it is little enough. Default: as much as there is.
 */
export async function collectReport(
  store: RunStore,
  key: string,
  fits: (report: EmbeddedReport) => boolean = () => true,
): Promise<EmbeddedReport> {
  const gathered = await gather(store, key)
  for (const extent of extents.slice(0, -1)) {
    const report = await reportOf(gathered, extent)
    if (fits(report)) return report
  }
  return reportOf(gathered, extents.at(-1) ?? fullest)
}

interface Gathered {
  readonly store: RunStore
  readonly key: string
  readonly fold: LedgerFold | undefined
  readonly run: EmbeddedReport['run']
  readonly waste: EmbeddedReport['waste']
  /** The first records of each kind and order. */
  readonly lists: readonly (readonly RecordRow[])[]
  readonly details: ReadonlyMap<string, RecordDetail>
  readonly parts: readonly PartOfRun[]
}

/** What is known of a part, of whichever records a report has. */
interface PartOfRun {
  readonly filter: RequestFilter
  /** Its place among those of its kind: those of the most expensive come first. */
  readonly place: number
  readonly slice: RunSlice
  readonly chosen: ChosenRecords
}

async function gather(store: RunStore, key: string): Promise<Gathered> {
  const fold = await store.readWhole(key)
  const run = await store.run(key)
  const waste = await store.waste(key)
  const wanted = [...recordKinds.map((kind) => [kind, 'cost'] as const), ['all', 'time'] as const]
  const lists = await Promise.all(wanted.map((each) => recordsOf(store, key, each)))
  const known = lists.flatMap((list) => (list === undefined ? [] : [list.rows.map(shortened)]))
  const ids = new Set(known.flatMap((rows) => rows.slice(0, fullest.detailed).map(({ recordId }) => recordId)))
  const details = await Promise.all([...ids].map((id) => store.record(key, id)))
  const byId = details.flatMap((detail) =>
    detail === undefined ? [] : [[detail.record.recordId, told(detail)] as const],
  )
  const parts = fold === undefined ? [] : partsOf(fold)
  return { store, key, fold, run, waste, lists: known, details: new Map(byId), parts }
}

function recordsOf(store: RunStore, key: string, [kind, sort]: readonly [RecordKind, RecordSort]) {
  return store.records(key, { kind, sort, limit: fullest.listed })
}

function shortened(row: RecordRow): RecordRow {
  return row.reason === undefined ? row : { ...row, reason: cut(row.reason, listedLetters) }
}

function told(detail: RecordDetail): RecordDetail {
  const { failure } = detail
  const record = shortened(detail.record)
  return { ...detail, record, ...(failure === undefined ? {} : { failure: cut(failure, detailedLetters) }) }
}

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text
}

async function reportOf(gathered: Gathered, extent: ReportExtent): Promise<EmbeddedReport> {
  const { store, key, fold, run, waste, lists, details } = gathered
  const timeline = await store.timeline(key, { spans: extent.spans })
  const byId = new Map(lists.flatMap((rows) => rows.slice(0, extent.listed).map((row) => [row.recordId, row] as const)))
  const ids = new Set(lists.flatMap((rows) => rows.slice(0, extent.detailed).map(({ recordId }) => recordId)))
  const rows = [...byId.values()]
  return {
    run,
    waste,
    extent,
    ...(timeline === undefined ? {} : { timeline }),
    ...(lists.length === 0 ? {} : { records: rows }),
    parts: fold === undefined ? {} : embeddedParts(fold, { parts: gathered.parts, rows, extent }),
    details: [...ids].flatMap((id) => details.get(id) ?? []),
  }
}

function embeddedParts(
  fold: LedgerFold,
  {
    parts,
    rows,
    extent,
  }: { readonly parts: readonly PartOfRun[]; readonly rows: readonly RecordRow[]; readonly extent: ReportExtent },
): Record<string, EmbeddedPart> {
  const [whole] = parts
  if (whole === undefined) return {}
  return Object.fromEntries(
    parts.flatMap((part) => {
      if (part.place >= extent.named && part !== whole) return []
      const slice = { ...part.slice, all: whole.slice.whole, isSample: false }
      return [[sliceName(part.filter), { slice, ...recordsIn(fold, part, rows) }]]
    }),
  )
}

/** The whole first, then its parts by one filter each. */
function partsOf(fold: LedgerFold): PartOfRun[] {
  const whole = sliceOf(fold, {})
  const first = <Part>(all: readonly Part[]) => all.slice(0, fullest.named)
  const placed: { readonly filter: RequestFilter; readonly place: number }[] = [
    { filter: {}, place: 0 },
    ...withOuterNodes(first(whole.nodes).map(({ node = '' }) => node)),
    ...first(whole.models).map(({ model }, place) => ({ filter: { model }, place })),
    ...first(whole.errors).map(({ error }, place) => ({ filter: { error }, place })),
  ]
  return placed.map(({ filter, place }) => ({
    filter,
    place,
    slice: isOpenFilter(filter) ? whole : sliceOf(fold, filter),
    chosen: chosenRecords(fold, filter),
  }))
}

/** Nodes, each with the subgraphs that it is in. */
function withOuterNodes(nodes: readonly string[]): { readonly filter: RequestFilter; readonly place: number }[] {
  const places = new Map<string, number>()
  nodes.forEach((node, place) => {
    const parts = node.split('.')
    for (let length = parts.length; length > 0; length -= 1) {
      const name = parts.slice(0, length).join('.')
      if (!places.has(name)) places.set(name, place)
    }
  })
  return [...places].map(([node, place]) => ({ filter: { node }, place }))
}

function recordsIn(
  fold: LedgerFold,
  { filter, chosen: { has, hasFailed } }: PartOfRun,
  rows: readonly RecordRow[],
): Pick<EmbeddedPart, 'totals' | 'rows' | 'failedRows'> {
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
