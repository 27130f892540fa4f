import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sampleMetadata } from '../../test/helpers/sample-run.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import { renderReportHtml } from './report-html.ts'

const hostile = '</script><script>alert(1)</script><!--'

function assetOf(text: string) {
  return { body: new TextEncoder().encode(text), contentType: '' }
}

const row: RunRow = {
  path: 'metadata_x.json',
  task: hostile,
  status: 'complete',
  startedAtMs: 0,
  records: 0,
  failedRecords: 0,
  successRate: 1,
  requests: 0,
  totalTokens: 0,
  cost: { total_cost_usd: 0 },
}

test('a report holds its data, its script and its style, and lets nothing else run', () => {
  const run = { row, metadata: sampleMetadata({ taskName: hostile }), verdict: [], next: { steps: [] } }
  const html = renderReportHtml(
    { run, parts: {}, details: [], waste: [] },
    new Map([
      ['assets/index.js', assetOf('console.log("</script>")')],
      ['assets/index.css', assetOf('body{}')],
    ]),
  )
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html.match(/<\/script>/g)).toHaveLength(2)
  expect(html).not.toContain('<script>alert')
  const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? []
  expect(html).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  const [, data = ''] = /id="report-data">([\s\S]*?)<\/script>/.exec(html) ?? []
  expect(JSON.parse(data).run.row.task).toBe(hostile)
})

test('without a built page there is no report', () => {
  const run = { row, metadata: sampleMetadata(), verdict: [], next: { steps: [] } }
  expect(() => renderReportHtml({ run, parts: {}, details: [], waste: [] }, new Map())).toThrow('build it anew')
})
