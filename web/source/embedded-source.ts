import type { EmbeddedReport } from '../../src/studio/embedded-report.ts'
import { cropTimeline } from './crop-timeline.ts'
import type { Source } from './source.ts'

/** What a report holds. It does not change, and knows one run. */
export function createEmbeddedSource({ run, timeline, records, details, waste }: EmbeddedReport): Source {
  const bytes = JSON.stringify(run.metadata, null, 2)
  return {
    onlyRun: run.row.path,
    runs: async () => ({ directory: '', rows: [run.row], refused: [] }),
    run: async () => run,
    timeline: async (_key, window) => (timeline === undefined ? null : cropTimeline(timeline, window)),
    records: async (_key, { order, search, limit }) => {
      const list = records[order]
      if (list === undefined) return null
      const rows = list.rows.filter(({ recordId, errorType = '', reason = '' }) =>
        `${recordId} ${errorType} ${reason}`.toLowerCase().includes(search.toLowerCase()),
      )
      return { ...list, rows: rows.slice(0, limit), total: search === '' ? list.total : rows.length }
    },
    record: async (_key, recordId) => details.find(({ record }) => record.recordId === recordId) ?? null,
    waste: async () => waste,
    compare: async () => {
      throw new Error('a report holds one run: there is nothing to compare it with')
    },
    fileAddress: () => `data:application/json;charset=utf-8,${encodeURIComponent(bytes)}`,
    watch: () => () => {},
  }
}
