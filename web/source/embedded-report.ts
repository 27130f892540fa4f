import type { EmbeddedReport } from '../../src/studio/embedded-report.ts'

/** The data of a report, which is a page with its data inside; undefined when the page comes from a server. */
export function readEmbeddedReport(): EmbeddedReport | undefined {
  const text = document.getElementById('report-data')?.textContent
  return text ? JSON.parse(text) : undefined
}
