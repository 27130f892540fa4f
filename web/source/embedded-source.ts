import { isOfKind, weightOf } from '../../src/report/run/record-order.ts'
import { isOpenFilter, sliceName } from '../../src/report/run/run-filter.ts'
import type { EmbeddedReport } from '../../src/studio/report/embedded-report.ts'
import { cropTimeline } from './crop-timeline.ts'
import type { Source } from './source.ts'

/** What a report holds. It does not change, and knows one run; of that it can show parts by one filter at a time. */
export function createEmbeddedSource({
  run,
  extent,
  timeline,
  records,
  parts,
  details,
  waste,
}: EmbeddedReport): Source {
  const bytes = JSON.stringify(run.metadata, null, 2)
  return {
    onlyRun: run.row.path,
    extent,
    runs: async () => ({
      directory: '',
      version: 0,
      isWhole: true,
      isDelta: false,
      rows: [run.row],
      removed: [],
      refused: [],
    }),
    run: async () => run,
    slice: async (_key, filter) => parts[sliceName(filter)]?.slice ?? null,
    timeline: async (_key, { fromMs, toMs, ...filter }) =>
      timeline === undefined || !isOpenFilter(filter) ? null : cropTimeline(timeline, { fromMs, toMs }),
    records: async (_key, { kind, sort, isReversed, search, limit, filter }) => {
      const part = parts[sliceName(filter)]
      if (records === undefined || part === undefined) return null
      const places = kind === 'failed' ? part.failedRows : part.rows
      const own = places === undefined ? records : places.flatMap((place) => records[place] ?? [])
      const wanted = search.toLowerCase()
      const found = own.filter(
        (row) =>
          isOfKind(row, kind) &&
          `${row.recordId}\n${row.errorType ?? ''}\n${row.reason ?? ''}`.toLowerCase().includes(wanted),
      )
      const sign = isReversed ? -1 : 1
      const sorted = found.toSorted(
        (a, b) => sign * (weightOf(b, sort, b.cost.total_cost_usd) - weightOf(a, sort, a.cost.total_cost_usd)),
      )
      return {
        rows: sorted.slice(0, limit),
        total: search === '' ? part.totals[kind] : found.length,
        most: found.length,
        isWhole: true,
      }
    },
    record: async (_key, recordId) => details.find(({ record }) => record.recordId === recordId) ?? null,
    waste: async () => waste,
    explain: () => Promise.reject(new Error('a report has no ledger: `sygra explain` says it where the run is')),
    reprice: () => Promise.reject(new Error('a report has no prices: `sygra reprice` says it where the run is')),
    compare: () => Promise.reject(new Error('a report holds one run: there is nothing to compare it with')),
    fileAddress: () => `data:application/json;charset=utf-8,${encodeURIComponent(bytes)}`,
    watch: () => () => {},
    watchConnection: () => () => {},
  }
}
