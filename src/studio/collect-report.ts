import { sliceName } from '../report/run/slice-name.ts'
import type { SliceAnswer } from './api.ts'
import type { EmbeddedReport } from './embedded-report.ts'
import { type RecordKind, type RecordRow, type RecordSort, recordKinds } from './record-list.ts'
import type { RequestFilter } from './request-filter.ts'
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
  await store.readWhole(key)
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
  const [all] = known
  return {
    run,
    waste,
    ...(timeline === undefined ? {} : { timeline }),
    ...(all === undefined ? {} : { records: { ...all, rows: [...byId.values()] } }),
    slices: await slicesOf(store, key),
    details: details.filter((detail) => detail !== undefined),
  }
}

function recordsOf(store: RunStore, key: string, [kind, sort]: readonly [RecordKind, RecordSort]) {
  return store.records(key, { kind, sort, limit: listedRecords })
}

async function slicesOf(store: RunStore, key: string): Promise<Record<string, SliceAnswer>> {
  const whole = await store.slice(key, {})
  if (whole === undefined) return {}
  const filters: RequestFilter[] = [
    ...whole.nodes.slice(0, slicedNames).map(({ node }) => ({ node })),
    ...whole.models.slice(0, slicedNames).map(({ model }) => ({ model })),
    ...whole.errors.slice(0, slicedNames).map(({ error }) => ({ error })),
  ]
  const slices: Record<string, SliceAnswer> = { [sliceName({})]: whole }
  for (const filter of filters) {
    const slice = await store.slice(key, filter)
    if (slice !== undefined) slices[sliceName(filter)] = slice
  }
  return slices
}
