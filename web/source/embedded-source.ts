import { sliceName } from '../../src/report/run/slice-name.ts'
import type { EmbeddedReport } from '../../src/studio/embedded-report.ts'
import type { RecordKind, RecordRow, RecordSort } from '../../src/studio/record-list.ts'
import { cropTimeline } from './crop-timeline.ts'
import type { Source } from './source.ts'

/** What a report holds. It does not change, and knows one run; of that it can show parts by one filter at a time. */
export function createEmbeddedSource({ run, timeline, records, slices, details, waste }: EmbeddedReport): Source {
  const bytes = JSON.stringify(run.metadata, null, 2)
  return {
    onlyRun: run.row.path,
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
    slice: async (_key, filter) => slices[sliceName(filter)] ?? slices[sliceName({})] ?? null,
    timeline: async (_key, filter) => (timeline === undefined ? null : cropTimeline(timeline, filter)),
    records: async (_key, { kind, sort, isReversed, search, limit, filter: { node, error } }) => {
      if (records === undefined) return null
      const found = records.rows.filter(
        (row) =>
          isOfKind(row, kind) &&
          (node === undefined || row.failedNode === node || row.succeeded !== false) &&
          (error === undefined || row.errorType === error) &&
          `${row.recordId} ${row.errorType ?? ''} ${row.reason ?? ''}`.toLowerCase().includes(search.toLowerCase()),
      )
      const sign = isReversed ? -1 : 1
      const sorted = found.toSorted((a, b) => sign * (weightOf(b, sort) - weightOf(a, sort)))
      const isAll = kind === 'all' && search === '' && node === undefined && error === undefined
      return { rows: sorted.slice(0, limit), total: isAll ? records.total : found.length, isWhole: true }
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

function isOfKind(row: RecordRow, kind: RecordKind): boolean {
  switch (kind) {
    case 'all':
      return true
    case 'failed':
      return row.succeeded === false
    case 'retried':
      return row.retries > 0
    case 'truncated':
      return row.truncated > 0
    default:
      return kind satisfies never
  }
}

function weightOf(row: RecordRow, sort: RecordSort): number {
  switch (sort) {
    case 'cost':
      return row.cost.total_cost_usd
    case 'time':
      return row.durationSeconds ?? -1
    case 'requests':
      return row.requests
    case 'retries':
      return row.retries
    case 'attempts':
      return row.failedAttempts
    case 'record':
      return 0
    default:
      return sort satisfies never
  }
}
