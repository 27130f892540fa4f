import type { EmbeddedReport } from './embedded-report.ts'
import { recordOrders } from './record-list.ts'
import type { RunStore } from './run-store.ts'

const timelineSpans = 600
const listedRecords = 100
/** Of each list so many records come with their calls. */
const detailedRecords = 25

/** Everything that a report of a run shows; reads its whole ledger. */
export async function collectReport(store: RunStore, key: string): Promise<EmbeddedReport> {
  await store.readWhole(key)
  const run = await store.run(key)
  const waste = await store.waste(key)
  const timeline = await store.timeline(key, { spans: timelineSpans })
  const lists = await Promise.all(
    recordOrders.map(async (order) => [order, await store.records(key, { order, limit: listedRecords })] as const),
  )
  const ids = new Set(
    lists.flatMap(([, list]) => list?.rows.slice(0, detailedRecords).map(({ recordId }) => recordId) ?? []),
  )
  const details = await Promise.all([...ids].map((id) => store.record(key, id)))
  const known = lists.flatMap(([order, list]) => (list === undefined ? [] : [[order, list] as const]))
  return {
    run,
    waste,
    ...(timeline === undefined ? {} : { timeline }),
    records: Object.fromEntries(known),
    details: details.filter((detail) => detail !== undefined),
  }
}
