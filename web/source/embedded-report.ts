import type { EmbeddedReport } from '../../src/studio/report/embedded-report.ts'

/** The data of a report, which is a page with its data inside; undefined when the page comes from a server. */
export async function readEmbeddedReport(): Promise<EmbeddedReport | undefined> {
  const element = document.getElementById('report-data')
  const text = element?.textContent
  if (!text) return undefined
  return JSON.parse(element.getAttribute('type') === 'application/json' ? text : await unpacked(text))
}

/** The data of a large report are packed. */
function unpacked(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text()
}
